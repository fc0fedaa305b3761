import Evaluation
import RolloutCore
import RunStore

extension RunFindings {
    /// Policies by task and on average, one table for each split and decoding.
    var scores: Report.Section {
        let keys = evaluations.reduce(into: [(split: Split, decoding: UInt32)]()) { keys, evaluation in
            if !keys.contains(where: { $0 == (evaluation.split, evaluation.decoding) }) {
                keys.append((evaluation.split, evaluation.decoding))
            }
        }.sorted { ($0.decoding, $0.split) < ($1.decoding, $1.split) }
        let first = evaluations.first.map { summary.policyName($0.policy) } ?? ""
        return Report.Section(
            id: "scores", title: "Rewards of the policies",
            note: """
                Mean reward over prompts, malformed outputs as 0, with 95 % intervals (bootstrap over prompts). The average is \
                the unweighted mean over tasks. Difference and p (paired two-tailed t-test, Holm over the table) are against \
                \(first). * is best on validation.
                """,
            blocks: keys.map { .table(scoreTable($0.split, $0.decoding)) })
    }

    private func scoreTable(_ split: Split, _ decoding: UInt32) -> DataTable {
        let own = evaluations.filter { $0.split == split && $0.decoding == decoding }
        return DataTable(
            "\(split), \(own.first?.decodingName ?? "")", comparing: own.map { $0.system(marked($0.policy)) },
            counts: own.map { ($0.malformed, $0.unscored) })
    }

    func marked(_ policy: UInt32) -> String {
        summary.policyName(policy) + (policy == summary.bestPolicy ? " *" : "")
    }
}

extension Comparison.Cell {
    /// The mean with its interval.
    var estimate: Cell { mean.map { .estimate($0, interval) } ?? .none }
}
