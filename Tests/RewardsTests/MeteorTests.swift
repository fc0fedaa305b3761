import Foundation
import Rewards
import Testing

@Suite struct MeteorTests {
    let meteor = Meteor()

    @Test func handCountedScores() {
        // Two of three words match in two chunks: P = R = 2/3, the penalty is half.
        #expect(abs(meteor.score(prediction: "a x b", reference: "a y b") - 1.0 / 3) < 1e-12)
        // One chunk of two: penalty 0.5 · (1/2)³.
        #expect(abs(meteor.score(prediction: "a b", reference: "a b") - (1 - 0.0625)) < 1e-12)
        // P = 1, R = 1/2: the mean is 0.5 / (0.9 + 0.05); one chunk of one.
        #expect(abs(meteor.score(prediction: "a", reference: "a b") - 0.5 * 0.5 / 0.95) < 1e-12)
    }

    @Test(arguments: [("", "a"), ("a", ""), ("", ""), ("a", "b"), (" \u{A0}", "a")]) func nothingScoresZero(
        prediction: String, reference: String
    ) {
        #expect(meteor.score(prediction: prediction, reference: reference) == 0)
    }

    @Test func stemsMatchAfterExactWords() {
        #expect(meteor.score(prediction: "running", reference: "runs") == 0.5)
        #expect(meteor.score(prediction: "running", reference: "ran") == 0)
        // "runs" takes the exact "runs", so that "running" is left with "run": both match, in one chunk.
        #expect(abs(meteor.score(prediction: "runs running", reference: "runs run") - 0.9375) < 1e-12)
    }

    @Test(arguments: [
        ("THIS Is a tEST", "this is a test"), ("\u{39F}\u{394}\u{39F}\u{3A3}", "\u{3BF}\u{3B4}\u{3BF}\u{3C2}"),
        ("\u{C9}t\u{E9}", "\u{E9}t\u{E9}"), ("a\u{1F}b\u{2003}c", "a b c"),
    ])
    func caseAndSpaceDoNotMatter(prediction: String, reference: String) {
        let words = Double(reference.split(separator: " ").count)
        let best = 1 - 0.5 / (words * words * words)
        #expect(abs(meteor.score(prediction: prediction, reference: reference) - best) < 1e-12)
    }

    @Test func punctuationBelongsToTheWord() {
        #expect(meteor.score(prediction: "end.", reference: "end") == 0)
    }

    struct Vectors: Decodable {
        struct Case: Decodable {
            var hypothesis: String
            var references: [String]?
            var tokens: [[String]]?
            var expected: Double?
            var rounded: Double?

            enum CodingKeys: String, CodingKey {
                case hypothesis, references, expected
                case tokens = "references_tokens"
                case rounded = "expected_round4"
            }
        }
        var cases: [Case]
    }

    /// No case has a synonym that WordNet would match, so that all hold without it.
    @Test(.enabled(if: Shared.exists, "needs ../shared"))
    func agreesWithTheReference() throws {
        let data = try Data(contentsOf: URL(filePath: Shared.path("vectors/metrics/meteor_nltk.json")))
        let cases = try JSONDecoder().decode(Vectors.self, from: data).cases
        #expect(cases.count == 5)
        for example in cases {
            let references = example.references ?? (example.tokens ?? []).map { $0.joined(separator: " ") }
            let best = references.map { meteor.score(prediction: example.hypothesis, reference: $0) }.max() ?? -1
            if let expected = example.expected { #expect(abs(best - expected) < 1e-12) }
            if let expected = example.rounded { #expect(abs(best - expected) <= 5.0001e-5) }
        }
    }
}
