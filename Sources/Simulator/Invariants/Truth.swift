import Digests
import RolloutCore

/// What a run without faults learns, task by task: the measure of every other run of the same world.
struct Truth: Sendable {
    var outcome: Outcome
    var sealed: [SealedIteration]
    /// Weights of the policies, by version.
    var weights: [Digest]
    var inputs: [TaskID: Digest] = [:]
    var results: [TaskID: Digest] = [:]
    var nulls: Set<TaskID> = []
    var works: [TaskID: TaskWork] = [:]
    /// How long it took.
    var time: Nanoseconds

    init?(_ run: Simulation) {
        guard let outcome = run.outcome else { return nil }
        self.outcome = outcome
        sealed = []
        weights = []
        time = run.now
        for record in run.disk.records {
            switch record {
            case .accepted(let result):
                inputs[result.attempt.task] = result.inputDigest
                results[result.attempt.task] = result.resultDigest
            case .nullResult(let task, _): nulls.insert(task)
            case .sealed(let iteration): sealed.append(iteration)
            case .policyCommitted(let policy): weights.append(policy.weights)
            case .finished, .termStarted, .trainingSetStored, .rationalesSealed: break
            }
        }
        works = run.witness.works
    }
}

extension TaskWork {
    /// Whether randomness would be keyed by the same inputs; how blobs are cut does not count.
    func isKeyed(as other: TaskWork) -> Bool {
        switch (self, other) {
        case (.sample(let a), .sample(let b)):
            a.seed == b.seed && a.prompts == b.prompts && a.samplesPerPrompt == b.samplesPerPrompt
                && a.decoding == b.decoding && a.policy.weights == b.policy.weights
        case (.score(let a), .score(let b)): a == b
        case (.rationale(let a), .rationale(let b)): a == b
        case (.train(let a), .train(let b)):
            a.seed == b.seed && a.recipe == b.recipe && a.start.weights == b.start.weights
                && a.trainingSet.digest == b.trainingSet.digest
        default: false
        }
    }
}
