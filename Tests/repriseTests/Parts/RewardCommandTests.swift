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

    @Test func sumsFormAndOtherMetrics() async throws {
        let line =
            #"{"prediction": "the cat sat", "reference": "the cat sat down", "finished": false, "reasoning": "so"}"#
        let metrics = "bleu,chrf,length,length:4-9,finished,reasoned,0.5*length+0.25*reasoned"
        let row = try await Binary.run(["reward", "--metric", metrics], input: line).json()[0]
        #expect(
            row["rewards"]?.object?.keys == [
                "bleu", "chrf", "length", "length:4-9", "finished", "reasoned", "0.5*length+0.25*reasoned",
            ])
        // All of its words match; it is a word shorter: e^(1 - 4/3).
        #expect(abs((row["rewards"]?["bleu"]?.double ?? 0) - 0.7165313105737893) < 1e-12)
        #expect(row["rewards"]?["length"]?.double == 0.75)
        #expect(row["rewards"]?["length:4-9"]?.double == 0.75)
        #expect(row["rewards"]?["finished"]?.double == 0 && row["rewards"]?["reasoned"]?.double == 1)
        #expect(row["rewards"]?["0.5*length+0.25*reasoned"]?.double == 0.625)
    }

    /// Without WordNet no value is called meteor.
    @Test func meteorSaysWhatItIs() async throws {
        let line = #"{"prediction": "a quick automobile", "reference": "the fast car"}"#
        let without = try await Binary.shell("echo '\(line)' | WNHOME= $REPRISE reward --metric meteor,0.5*meteor")
        #expect(without.error.contains("WNHOME is not set"), "\(without.error)")
        let keys = try without.json().first?["rewards"]?.object?.keys
        #expect(keys == ["meteor-exact-stem", "0.5*meteor-exact-stem"], "\(without.output)")
        let wrong = try await Binary.run(["reward", "--metric", "meteor", "--word-net", "/nowhere"], input: line)
        wrong.refused(66, "/nowhere/index.noun")
    }
}
