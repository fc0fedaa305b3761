import Evaluation
import RolloutCore
import RunStore

extension RunFindings {
    /// Rewards from policy to policy: what was trained on beside what was not.
    var course: Report.Section {
        let chart = courseChart
        return Report.Section(
            id: "course", title: "Reward from policy to policy",
            note: """
                Train: mean over the trajectories an E-step sampled from that policy on the training prompts, t interval over \
                prompts (95 %). Validation and test: as in the tables above, first decoding, t interval. Levels differ \
                with the decoding; a train line that climbs while validation falls behind is overfitting.
                """,
            blocks: chart.series.isEmpty ? [] : [.lines(chart)])
    }

    var courseChart: LineChart {
        let versions = summary.policies.map(\.version)
        func step(_ version: UInt32) -> Int? { versions.firstIndex(of: version) }
        var series: [LineChart.Series] = []
        // The E-step of an iteration samples from the policy before it.
        let train = expectations.compactMap { expectation in
            step(expectation.iteration - 1).flatMap { Self.point($0, expectation.moments) }
        }
        if !train.isEmpty { series.append(LineChart.Series(name: "train (E-step)", points: train)) }
        for split in [Split.validation, .test] {
            let points = evaluations.filter { $0.split == split && $0.decoding == 0 }.compactMap { evaluation in
                step(evaluation.policy).flatMap { Self.point($0, Moments(evaluation.scores.map(\.reward))) }
            }
            if !points.isEmpty { series.append(LineChart.Series(name: "\(split)", points: points)) }
        }
        return LineChart(
            title: "mean \(summary.reward)", steps: versions.map(summary.policyName), series: series)
    }

    private static func point(_ step: Int, _ moments: Moments) -> LineChart.Point? {
        moments.mean.map { LineChart.Point(step: step, value: $0, interval: moments.interval()) }
    }

    /// How each policy was made.
    var trainings: Report.Section {
        var table = DataTable(
            "",
            ["policy", "examples", "steps", "first loss", "last loss", "time", "weights sent", "of full", "changed"])
        for policy in summary.policies where policy.steps != nil {
            table.add([
                .text(marked(policy.version)), policy.examples.map { .count(Int($0)) } ?? .none,
                policy.steps.map { .count(Int($0)) } ?? .none, .number(policy.firstLoss, 3),
                .number(policy.lastLoss, 3), policy.seconds.map { .seconds($0) } ?? .none, .bytes(policy.deltaBytes),
                policy.fullBytes.map { $0 > 0 ? .share(Double(policy.deltaBytes) / Double($0)) : .none } ?? .none,
                policy.density.map { .share($0) } ?? .none,
            ])
        }
        return Report.Section(
            id: "trainings", title: "Trainings",
            note: """
                Weights travel as a compressed delta to the base; changed is the share of weights that differ from it. The time \
                is the learner's own.
                """,
            blocks: table.rows.isEmpty ? [] : [.table(table)])
    }
}
