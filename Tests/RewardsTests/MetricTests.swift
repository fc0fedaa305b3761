import Rewards
import Testing

@Suite struct MetricTests {
    @Test(arguments: Metric.names + ["length:50-200", "length:1-1"]) func namesRoundTrip(name: String) throws {
        #expect(try Metric(named: name).name == name)
    }

    @Test(arguments: ["length:", "length:5", "length:0-5", "length:6-5", "length:1-2-3", "length:-3", "length:a-b"])
    func rangesAreChecked(name: String) {
        let error = #expect(throws: RewardError.self) { try Metric(named: name) }
        #expect(error?.description.contains("such as length:50-200") == true)
    }

    @Test(arguments: [
        ("rougel", "rougeL"), ("rouge-l", "rougeL"), ("rogue1", "rouge1"), ("ROUGE2", "rouge2"),
        ("metor", "meteor"), ("meteor-stem", "meteor-exact-stem"), ("r", "rouge1"), ("", "bleu"), ("BLEU", "bleu"),
        ("chrF2", "chrf"),
    ])
    func errorsNameTheNearest(name: String, nearest: String) throws {
        let error = try #require(throws: RewardError.self) { try Metric(named: name) }
        #expect(
            error.description == "There is no metric '\(name)': did you mean '\(nearest)'? "
                + "The metrics are rouge1, rouge2, rougeL, meteor, meteor-exact-stem, bleu, chrf, length, finished, reasoned."
        )
    }
}
