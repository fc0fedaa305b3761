import Testing

@testable import Evaluation

@Suite struct DiversityTests {
    private static let texts = [
        "the user likes short mails and signs off with cheers", "the user likes long mails and signs off with regards",
        "a short note that thanks the team for the work", "the user likes short mails and signs off with cheers", "no",
    ]

    /// nltk 3.10: mean of sentence_bleu(others, text, smoothing_function=SmoothingFunction().method1).
    @Test func selfBLEUEqualsNltk() throws {
        let score = try #require(Diversity(Self.texts).selfBLEU)
        #expect(abs(score - 0.5100961200257622) < 1e-12)
    }

    /// nltk 3.10, as above, of one pair: 0.2339… and 0.2171….
    @Test func shorterTextsPayForTheirBrevity() throws {
        let score = try #require(Diversity(["a b c d e", "a b c x e f"]).selfBLEU)
        #expect(abs(score - (0.23394743548827707 + 0.21711852081087685) / 2) < 1e-12)
    }

    @Test func distinctGramsAreCountedOverAllTexts() {
        let diversity = Diversity(["a b a", "a b"])
        #expect(diversity.distinct == [0.4, 2.0 / 3, 1, nil])
        #expect(diversity.distinctTexts == 2)
    }

    @Test func equalTextsHaveNoDiversity() {
        let diversity = Diversity(["one and the same text", "one and the same text"])
        #expect(diversity.selfBLEU == 1)
        #expect(diversity.distinctTexts == 1)
        #expect(diversity.distinct[0] == 0.5)
    }

    @Test func fewTextsAndEmptyOnes() {
        #expect(Diversity([]).selfBLEU == nil)
        #expect(Diversity(["a"]).selfBLEU == nil)
        #expect(Diversity(["", ""]).selfBLEU == 0)
        #expect(Diversity([""]).distinct == [nil, nil, nil, nil])
    }
}
