import Rewards
import Testing

@Suite struct MetricTests {
    @Test(arguments: Metric.allCases) func namesRoundTrip(metric: Metric) throws {
        #expect(try Metric(named: metric.rawValue) == metric)
    }

    @Test(arguments: [
        ("rougel", "rougeL"), ("rouge-l", "rougeL"), ("rogue1", "rouge1"), ("ROUGE2", "rouge2"),
        ("meteor", "meteor-stem"),
        ("metor", "meteor-stem"), ("r", "rouge1"), ("", "rouge1"),
    ])
    func errorsNameTheNearest(name: String, nearest: String) throws {
        let error = try #require(throws: RewardError.self) { try Metric(named: name) }
        #expect(
            error.description == "There is no metric '\(name)': did you mean '\(nearest)'? "
                + "The metrics are rouge1, rouge2, rougeL, meteor-stem.")
    }
}
