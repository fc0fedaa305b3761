import Reports
import RolloutCore
import RunStore

/// What a run came to: one row per policy.
struct ResultTable {
    private let summary: RunSummary
    private let evaluations: [EvaluationRow]

    init(_ reader: RunReader) throws {
        summary = try reader.summary()
        evaluations = try reader.evaluations()
    }

    var lines: [String] {
        var table = Table([
            "policy", "validation", "test", "± s.e.", "kept", "malformed", "E-step", "M-step", "weights sent",
            "of full",
        ])
        for policy in summary.policies {
            let sealed = summary.sealed.first { $0.iteration == policy.version }
            let best = policy.version == summary.bestPolicy ? " *" : ""
            table.add([
                policy.name + best,
                mean(policy.version, .validation), mean(policy.version, .test), error(policy.version, .test),
                sealed.map { "\($0.counts.kept)/\($0.counts.sampled)" } ?? "–",
                sealed.map { "\($0.counts.malformed)" } ?? "–", samplingTime(policy.version),
                policy.seconds.map { "\(Format.duration(.seconds($0)))" } ?? "–",
                policy.deltaBytes == 0 ? "–" : Format.bytes(Int(policy.deltaBytes)), share(policy),
            ])
        }
        var lines = table.lines
        if summary.bestPolicy != nil { lines.append("* best on validation") }
        let unjudged = summary.sealed.reduce(0) { $0 + Int($1.counts.unscored) }
        if unjudged > 0 { lines.append("\(unjudged) sampled answers have no reward and were not kept") }
        // Of an evaluation that goes on, or that a halt cut short, some answers only wait for their score.
        let judged = evaluations.filter { $0.group == nil && $0.isComplete }
        let unscored = judged.reduce(0) { $0 + $1.unscored }
        if unscored > 0 { lines.append("\(unscored) evaluated answers could not be scored and are in no mean") }
        return lines
    }

    /// Mean test reward by task of the data and policy.
    var taskLines: [String] {
        let groups = Set(evaluations.compactMap(\.group)).sorted()
        guard groups.count > 1 else { return [] }
        var table = Table(["test reward"] + groups)
        for policy in summary.policies {
            table.add(
                [policy.version == 0 ? "policy 0" : "iteration \(policy.version)"]
                    + groups.map { group in
                        Format.reward(
                            evaluations.first {
                                $0.policy == policy.version && $0.split == .test && $0.group == group
                            }?.meanReward)
                    })
        }
        return table.lines
    }

    private func row(_ policy: UInt32, _ split: Split) -> EvaluationRow? {
        evaluations.first { $0.policy == policy && $0.split == split && $0.group == nil && $0.isComplete }
    }

    private func mean(_ policy: UInt32, _ split: Split) -> String { Format.reward(row(policy, split)?.meanReward) }

    private func error(_ policy: UInt32, _ split: Split) -> String { Format.reward(row(policy, split)?.standardError) }

    private func samplingTime(_ iteration: UInt32) -> String {
        let group = TaskGroup(iteration: iteration, split: .train, kind: .sample)
        guard iteration > 0, let progress = summary.progress.first(where: { $0.group == group }) else { return "–" }
        return Format.duration(.seconds(progress.seconds))
    }

    private func share(_ policy: RunSummary.Policy) -> String {
        guard let full = policy.fullBytes, full > 0, policy.deltaBytes > 0 else { return "–" }
        return "\(Format.number(100 * Double(policy.deltaBytes) / Double(full))) %"
    }
}
