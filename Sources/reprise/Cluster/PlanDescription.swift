import Nodes
import RolloutCore

/// What a run will do, in words and numbers, before it does it.
struct PlanDescription {
    private let prepared: PreparedRun

    init(_ prepared: PreparedRun) {
        self.prepared = prepared
    }

    var lines: [String] {
        let plan = prepared.plan
        var lines: [String] = []
        for split in Split.allCases where plan.promptCount(split) > 0 {
            let lengths = (prepared.prompts[split] ?? []).map(\.tokens.count)
            lines.append(
                """
                \(split): \(plan.promptCount(split)) prompts of \(lengths.min() ?? 0) to \(lengths.max() ?? 0) tokens, \
                \(plan.taskCount(split)) tasks
                """)
        }
        if plan.fineTunesFirst { lines.append("policy 0: fine-tuned on \(plan.promptCount(.train)) references") }
        if plan.iterations > 0 {
            lines.append(
                """
                \(plan.iterations) iterations: \(plan.samplesPerPrompt) samples of each prompt, \
                \(plan.promptCount(.train) * Int(plan.samplesPerPrompt)) trajectories each
                """)
        }
        let splits = plan.evaluatedSplits.map { "\($0)" }.joined(separator: " and ")
        if !splits.isEmpty { lines.append("every policy is evaluated on \(splits)") }
        return lines
    }
}
