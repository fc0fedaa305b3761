import Digests
import RolloutCore

/// What a run's journal says that its tasks gave.
struct Recordings: Sendable {
    private var answers: [TaskID: ToyTasks.Answer] = [:]
    private var deltas: [TaskID: [UInt8]] = [:]

    init(_ disk: Disk) {
        for record in disk.records {
            switch record {
            case .accepted(let result):
                answers[result.attempt.task] = .output(result.output)
                if case .train(let trained) = result.output, let delta = trained.policy.delta {
                    deltas[result.attempt.task] = disk.blobs[delta.digest]?.bytes
                }
            case .nullResult(let task, let explanation): answers[task] = .deterministic(explanation)
            case .termStarted, .sealed, .rationalesSealed, .trainingSetStored, .policyCommitted, .finished: break
            }
        }
    }

    func answer(to task: TaskID) -> (answer: ToyTasks.Answer, delta: [UInt8]?)? {
        answers[task].map { ($0, deltas[task]) }
    }
}
