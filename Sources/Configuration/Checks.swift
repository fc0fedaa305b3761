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
        if let problem = engines.problem("engines") {
            return Conflict(
                keys: [problem.key, "engines.sampler.kind", "engines.learner.kind"], sentence: problem.sentence)
        }
        return iterationConflict
    }

    /// Settings by iteration that there are no iterations for, or that make iterations alike.
    private var iterationConflict: Conflict? {
        guard run.mode.iterates else { return nil }
        let iterations = run.iterations
        if sampling.every > iterations {
            return Conflict(
                keys: ["sampling.every", "iterations"],
                sentence: "sampling.every (\(sampling.every)) is more than the run's \(iterations) iterations.")
        }
        let expectations = (iterations + sampling.every - 1) / sampling.every
        if let problem = sampling.temperature.problem(expectations, "E-steps", Sampling.temperatures) {
            return Conflict(
                keys: ["sampling.temperature", "sampling.every", "iterations"],
                sentence: "sampling.temperature \(problem)")
        }
        let threshold = selection.threshold
        let bounds = Kind<Threshold>.bounds(of: threshold)
        if selection.keep == .passing, let problem = threshold.level.problem(iterations, "iterations", bounds) {
            return Conflict(
                keys: ["selection.threshold", "iterations"], sentence: "selection.threshold \(problem)")
        }
        if evaluation.patience >= iterations {
            return Conflict(
                keys: ["evaluation.patience", "iterations"],
                sentence: """
                    evaluation.patience (\(evaluation.patience)) can never end a run of \(iterations) iterations early: \
                    lower it, or remove it.
                    """)
        }
        return repetition
    }

    /// M-steps that start from the base and learn from one E-step by one threshold make the same policy.
    private var repetition: Conflict? {
        guard sampling.every > 1, startsFrom == .base else { return nil }
        let levels = selection.keep == .best ? [] : selection.threshold.level.values(run.iterations)
        for iteration in 1..<run.iterations where iteration % sampling.every != 0 {
            guard levels.isEmpty || levels[iteration - 1] == levels[iteration] else { continue }
            return Conflict(
                keys: ["sampling.every", "selection.threshold", "selection.keep", "training.startsFrom"],
                sentence: """
                    iterations \(iteration) and \(iteration + 1) would learn the same from the base: with sampling.every \
                    \(sampling.every) let selection.threshold rise, or set training.startsFrom to previous.
                    """)
        }
        return nil
    }
}
