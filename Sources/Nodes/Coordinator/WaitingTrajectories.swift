import RolloutCore
import RunStore

/// Where trajectories can be read again once they are recorded: the journal.
protocol TrajectoryStore: Sendable {
    /// What a sample task drew, in order; empty when it has no result.
    func trajectories(of task: TaskID) throws(RunStoreError) -> [Trajectory]
    /// The trajectories that an iteration's seal kept of the E-step of `source`, in (prompt, sample) order.
    func kept(iteration: UInt32, from source: UInt32, _ body: (Trajectory) -> Void) throws(RunStoreError)
}

extension Journal: TrajectoryStore {}

/// Trajectories that await a reward, by sample task, up to about `limit` bytes; the oldest go first.
struct WaitingTrajectories {
    private let limit: Int
    private var byTask: [TaskID: [Trajectory]] = [:]
    /// Oldest first; may hold tasks that were removed.
    private var order: [TaskID] = []
    private(set) var byteCount = 0

    init(limit: Int) { self.limit = limit }

    subscript(task: TaskID) -> [Trajectory]? { byTask[task] }

    mutating func insert(_ trajectories: [Trajectory], of task: TaskID) {
        guard byTask.updateValue(trajectories, forKey: task) == nil else { return }
        order.append(task)
        byteCount += Self.size(trajectories)
        var next = 0
        while byteCount > limit, next < order.count {
            remove(order[next])
            next += 1
        }
        order.removeFirst(next)
        // Tasks that were scored meanwhile are still listed.
        if order.count > 2 * byTask.count + 64 { order.removeAll { byTask[$0] == nil } }
    }

    mutating func remove(_ task: TaskID) {
        guard let removed = byTask.removeValue(forKey: task) else { return }
        byteCount -= Self.size(removed)
    }

    private static func size(_ trajectories: [Trajectory]) -> Int {
        trajectories.reduce(0) { bytes, one in
            bytes + 100 + one.tokens.count * 4 + one.reasoning.utf8.count + (one.answer?.utf8.count ?? 0)
        }
    }
}
