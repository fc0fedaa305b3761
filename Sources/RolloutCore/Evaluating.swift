extension Evaluation {
    /// Takes the mean over the trajectories of one evaluation, in (prompt, sample) order.
    init(policy: UInt32, split: Split, decoding: Int = 0, trajectories: some Sequence<JudgedTrajectory>) {
        var sum = 0.0
        self.init(
            policy: policy, split: split, decoding: UInt32(decoding), meanReward: 0, count: 0, malformed: 0, unscored: 0
        )
        for trajectory in trajectories {
            guard let reward = trajectory.countedReward else {
                unscored += 1
                continue
            }
            if trajectory.reward == .malformed { malformed += 1 }
            sum += reward
            count += 1
        }
        if count > 0 { meanReward = sum / Double(count) }
    }
}

extension [Evaluation] {
    /// The policy with the best mean validation reward under the first decoding, the earlier one of equals; `nil` where
    /// nothing was scored.
    var bestPolicy: UInt32? {
        var best: Evaluation?
        for evaluation in self where evaluation.split == .validation && evaluation.decoding == 0 && evaluation.count > 0
        {
            if let current = best, evaluation.meanReward <= current.meanReward { continue }
            best = evaluation
        }
        return best?.policy
    }
}

extension Outcome {
    /// The best policy is that on validation; without a validation split it is the last.
    init(evaluations: [Evaluation], lastPolicy: UInt32) {
        self.init(bestPolicy: evaluations.bestPolicy ?? lastPolicy, evaluations: evaluations)
    }
}
