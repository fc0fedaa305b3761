import RolloutCore

/// What tasks and their payloads weigh when a cluster is planned: the toy's tasks stand for them.
struct Load: Sendable {
    var sampleTime: Distribution
    var scoreTime: Distribution
    var trainTime: Distribution
    /// Bytes of a sample task's prompts, of its trajectories, and of a policy's delta.
    var promptBytes: Int
    var trajectoryBytes: Int
    var policyBytes: Int
    /// Bytes a second that leave the coordinator's machine.
    var bandwidth: Double

    /// How long a task computes: the same in every run of the plan, whatever goes wrong.
    func time(of task: TaskID) -> Nanoseconds {
        var random = SplitMix(seed: ToyTasks.key("\(task)"), stream: 3)
        switch task.kind {
        case .sample, .rationale: return sampleTime.draw(&random)
        case .score: return scoreTime.draw(&random)
        case .train: return trainTime.draw(&random)
        }
    }

    /// Bytes a real message has beyond the toy's.
    func payload(of message: CoordinatorMessage) -> Int {
        switch message {
        case .lease(let lease):
            switch lease.work {
            case .sample, .rationale: promptBytes
            case .score: trajectoryBytes
            case .train: 0
            }
        case .chunk: policyBytes
        default: 0
        }
    }

    /// Bytes a real message has beyond the toy's.
    func payload(of message: NodeMessage) -> Int {
        switch message {
        case .result(let result):
            if case .sample = result.output { return trajectoryBytes }
            return 0
        case .chunk: return policyBytes
        default: return 0
        }
    }
}
