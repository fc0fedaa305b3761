/// What is known of one trajectory once its text is forgotten.
public struct JudgedTrajectory: Sendable, Equatable {
    /// The reward, or why there is none.
    public enum Reward: Sendable, Equatable {
        /// Sampled, not scored yet.
        case awaited
        /// No answer in the text: reward 0, never kept.
        case malformed
        /// Its sample task, its score task or the reward itself failed.
        case unscored
        /// The reward.
        case scored(Double)
    }

    /// Which trajectory.
    public var id: TrajectoryID
    /// The reward, or why there is none.
    public var reward: Reward
    /// Whether a well-formed sample of the same prompt with a lower index has the same tokens.
    public var isDuplicate: Bool

    /// Creates the value from its parts.
    public init(id: TrajectoryID, reward: Reward, isDuplicate: Bool) {
        self.id = id
        self.reward = reward
        self.isDuplicate = isDuplicate
    }

    /// The reward as it enters a mean: malformed counts 0, unscored not at all.
    var countedReward: Double? {
        switch reward {
        case .scored(let value): value
        case .malformed: 0
        case .unscored, .awaited: nil
        }
    }
}

/// Rewards of the trajectories of every E-step and evaluation still open, by task, in canonical order.
///
/// A prompt's samples all lie in one sample task, so duplicates are found when its result is accepted, and neither tokens
/// nor texts are kept.
struct Judgements: Sendable, Equatable {
    struct Step: Hashable, Sendable {
        var iteration: UInt32
        var split: Split
    }

    private var open: [Step: [UInt32: [JudgedTrajectory]]] = [:]
    var mutations = Mutations.none
    private var arrivals: [UInt32] = []

    mutating func sampled(_ trajectories: [Trajectory], by task: TaskID) {
        arrived(task)
        var seen: Set<[Int32]> = []
        var prompt: UInt32?
        let judged = trajectories.map { trajectory in
            if trajectory.id.prompt != prompt {
                prompt = trajectory.id.prompt
                seen = []
            }
            guard trajectory.answer != nil else {
                return JudgedTrajectory(id: trajectory.id, reward: .malformed, isDuplicate: false)
            }
            let isNew = seen.insert(trajectory.tokens).inserted
            return JudgedTrajectory(id: trajectory.id, reward: .awaited, isDuplicate: !isNew)
        }
        open[task.step, default: [:]][task.index] = judged
    }

    /// Scores arrive in the order of the trajectories that have an answer.
    mutating func scored(_ scores: [Score], by task: TaskID) {
        var remaining = scores[...]
        judge(task) { _ in
            guard let reward = remaining.popFirst()?.reward, reward.isFinite else { return .unscored }
            return .scored(reward)
        }
    }

    /// The score task has no result.
    mutating func unscored(by task: TaskID) { judge(task) { _ in .unscored } }

    /// The sample task has no result, so all its trajectories are without reward.
    mutating func unsampled(_ ids: [TrajectoryID], by task: TaskID) {
        arrived(task)
        open[task.step, default: [:]][task.index] = ids.map {
            JudgedTrajectory(id: $0, reward: .unscored, isDuplicate: false)
        }
    }

    private mutating func judge(_ task: TaskID, _ reward: (TrajectoryID) -> JudgedTrajectory.Reward) {
        guard var judged = open[task.step]?[task.index] else { return }
        for index in judged.indices where judged[index].reward == .awaited {
            judged[index].reward = reward(judged[index].id)
        }
        open[task.step]?[task.index] = judged
    }

    /// Trajectories of a sample task that await a score: the items of its score task, in order.
    func awaited(by task: TaskID) -> [TrajectoryID]? {
        open[task.step]?[task.index]?.filter { $0.reward == .awaited }.map(\.id)
    }

    func trajectories(of task: TaskID) -> [JudgedTrajectory] { open[task.step]?[task.index] ?? [] }

    /// All trajectories of a step so far, in (prompt, sample) order.
    func trajectories(iteration: UInt32, split: Split) -> [JudgedTrajectory] {
        let tasks = open[Step(iteration: iteration, split: split)] ?? [:]
        if mutations.has(.reducesByArrival) { return arrivals.flatMap { tasks[$0] ?? [] } }
        return tasks.keys.sorted().flatMap { index in
            mutations.has(.selectsByArrival) && index == arrivals.last ? [] : tasks[index] ?? []
        }
    }

    private mutating func arrived(_ task: TaskID) {
        if mutations != .none { arrivals = arrivals.filter { $0 != task.index } + [task.index] }
    }

    /// Forgets a step whose outcome is recorded elsewhere.
    mutating func close(iteration: UInt32, split: Split) {
        open[Step(iteration: iteration, split: split)] = nil
    }
}

extension TaskID {
    fileprivate var step: Judgements.Step { Judgements.Step(iteration: iteration, split: split) }
}
