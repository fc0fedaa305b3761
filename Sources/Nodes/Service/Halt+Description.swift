import Digests
public import RolloutCore

extension Halt: CustomStringConvertible {
    /// One sentence: what happened and what to do.
    public var description: String {
        switch self {
        case .quarantined(let task, let explanation):
            """
            \(task) was lost again and again to failures of machines (\(explanation)); mend the nodes (see logs/), then continue \
            with --resume
            """
        case .determinismViolation(let task, let first, let second, let node):
            """
            determinism violation: \(task) gave result \(first.short) first and \(second.short) on \(node); the nodes' \
            arithmetic differs, so nothing more is learned from it: find the node that is wrong, then continue with --resume
            """
        case .nothingSelected(let iteration, let counts):
            """
            no trajectory of iteration \(iteration) passed the threshold (\(counts.sampled) sampled, \(counts.malformed) \
            malformed, \(counts.unscored) without a reward, \(counts.belowThreshold) below); \
            \(counts.unscored * 2 > counts.sampled ? "see why in logs/coordinator.log" : "lower selection.threshold") \
            and start a new run
            """
        case .trainingFailed(let iteration, let explanation):
            "training of iteration \(iteration) fails the same way everywhere: \(explanation)"
        }
    }
}
