import Testing

@testable import Personalization

@Suite struct BM25Tests {
    /// Scores computed with rank_bm25 0.2.2 (`BM25Okapi`, its defaults) on the same words.
    @Test func scoresAreThoseOfRankBM25() {
        let documents = [
            "the red lantern hangs by the old door", "a lantern and a lamp", "the garden bench", "red red wine",
            "old songs by the fire",
        ].map { WordRule.words.words(of: $0) }
        let scores = BM25(documents: documents).scores(
            query: WordRule.words.words(of: "The old RED lantern, the lamp?"))
        let expected = [
            1.2468877097143574, 1.408671926664366, 0.4810241442223453, 0.5465538868974017, 0.7227715892083804,
        ]
        for (score, wanted) in zip(scores, expected) { #expect(abs(score - wanted) < 1e-12) }
    }

    @Test func emptyDocumentsAndUnknownWordsScoreNothing() {
        #expect(BM25(documents: []).scores(query: ["a"]) == [])
        #expect(BM25(documents: [[], []]).scores(query: ["a"]) == [0, 0])
        #expect(BM25(documents: [["a"], ["b"]]).scores(query: ["c"]) == [0, 0])
    }
}
