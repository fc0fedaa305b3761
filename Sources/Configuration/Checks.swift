import Rewards

/// Settings that are fine alone and not together.
struct Conflict {
    /// The keys in question; the one given last is named as the place.
    let keys: [String]
    let sentence: String
}

extension RunConfiguration {
    /// The first conflict there is.
    var conflict: Conflict? {
        if run.mode == .zeroShot, evaluation.splits.isEmpty {
            return Conflict(
                keys: ["evaluation.splits", "mode"],
                sentence: "mode zeroshot without evaluation.splits has nothing to do: name validation or test.")
        }
        if !run.mode.reasons, case .metric(let sum) = reward.source,
            (try? RewardSpecification(sum))?.needsReasoning == true
        {
            return Conflict(
                keys: ["reward.metric", "reward.mix", "mode"],
                sentence:
                    "the metric reasoned is always 0 in mode \(run.mode.rawValue), which writes no reasoning paths.")
        }
        if cluster.heartbeatSeconds * 3 > cluster.leaseSeconds {
            return Conflict(
                keys: ["cluster.heartbeatSeconds", "cluster.leaseSeconds"],
                sentence: """
                    cluster.leaseSeconds (\(Bounds.text(cluster.leaseSeconds))) must be at least three times \
                    cluster.heartbeatSeconds (\(Bounds.text(cluster.heartbeatSeconds))), or one lost report costs a lease.
                    """)
        }
        if let problem = reward.problem("reward") {
            return Conflict(keys: [problem.key, "reward.judge"], sentence: problem.sentence)
        }
        if run.mode.reasons, let problem = rationale.problem("rationale") {
            return Conflict(keys: [problem.key, "rationale.source"], sentence: problem.sentence)
        }
        return nil
    }
}
