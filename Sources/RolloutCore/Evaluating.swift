extension Evaluation {
    /// Takes the mean over the trajectories of one evaluation, in prompt order.
    init(policy: UInt32, split: Split, trajectories: [JudgedTrajectory]) {
        var sum = 0.0
        self.init(policy: policy, split: split, meanReward: 0, count: 0, malformed: 0, unscored: 0)
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

extension Outcome {
    /// The best policy is the one with the best mean validation reward, the earlier one of equals; without a validation
    /// split it is the last.
    init(evaluations: [Evaluation], lastPolicy: UInt32) {
        var best: Evaluation?
        for evaluation in evaluations where evaluation.split == .validation && evaluation.count > 0 {
            if let current = best, evaluation.meanReward <= current.meanReward { continue }
            best = evaluation
        }
        self.init(bestPolicy: best?.policy ?? lastPolicy, evaluations: evaluations)
    }
}
