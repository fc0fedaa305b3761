import JSONLines
import Testing

@Suite struct RewardCommandTests {
    private let pair = #"{"prediction": "a running cat sat", "reference": "the cats sat running down", "k": 1}"#

    @Test func eachMetricIsReported() async throws {
        let outcome = try await Binary.run(["reward", "--metric", "rougeL,rouge1,meteor-exact-stem"], input: pair)
        #expect(outcome.status == 0, "\(outcome.error)")
        let row = try outcome.json()[0]
        #expect(row.object?.keys == ["prediction", "reference", "k", "rewards"])
        #expect(row["rewards"]?.object?.keys == ["rougeL", "rouge1", "meteor-exact-stem"])
        // run, cat, sat: 3 of 4 words of the prediction, 3 of 5 of the reference; in order only cat, sat.
        #expect(row["rewards"]?["rouge1"]?.double == 2 * 0.75 * 0.6 / (0.75 + 0.6))
        #expect(row["rewards"]?["rougeL"]?.double == 2 * 0.5 * 0.4 / (0.5 + 0.4))
    }

    @Test func wordsAreComparedWholeWithoutStemmer() async throws {
        let row = try await Binary.run(["reward", "--metric", "rouge1", "--no-stemmer"], input: pair).json()[0]
        // running, sat
        #expect(row["rewards"]?["rouge1"]?.double == 2 * 0.5 * 0.4 / (0.5 + 0.4))
    }

    @Test func meteorSaysWhatItIs() async throws {
        let outcome = try await Binary.run(["reward", "--metric", "meteor"], input: pair)
        #expect(outcome.status == 0)
        #expect(outcome.error.contains("meteor-exact-stem"))
        #expect(try outcome.json()[0]["rewards"]?.object?.keys == ["meteor-exact-stem"])
    }

    @Test func anEmptyReferenceScoresNothing() async throws {
        let row = try await Binary.run(["reward"], input: #"{"prediction": "a", "reference": ""}"#).json()[0]
        #expect(row["rewards"]?["rougeL"]?.double == 0)
    }

    @Test func badInputIsNamed() async throws {
        try await Binary.run(["reward"], input: pair + "\n" + pair + "\nx").refused(65, "line 3")
        try await Binary.run(["reward"], input: #"{"prediction": "a"}"#).refused(
            65, "line 1", "\"reference\" is missing")
        try await Binary.run(["reward", "none.jsonl"]).refused(66, "none.jsonl")
        let unknown = try await Binary.run(["reward", "--metric", "rouge7"], input: pair)
        #expect(unknown.status == 64)
        #expect(unknown.error.contains("did you mean"))
    }
}
