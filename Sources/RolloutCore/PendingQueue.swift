/// Pending tasks of one kind, best last, so that taking the best moves nothing.
///
/// The E-step comes before every evaluation: the learner waits for it, and for nothing an evaluation does. Evaluations fill
/// in while the learner trains, the oldest policy first.
struct PendingQueue: Sendable, Equatable {
    private var tasks: [TaskID] = []

    var isEmpty: Bool { tasks.isEmpty }

    mutating func insert(_ task: TaskID) {
        let index = position(of: task)
        if index == tasks.count || tasks[index] != task { tasks.insert(task, at: index) }
    }

    mutating func remove(_ task: TaskID) {
        let index = position(of: task)
        if index < tasks.count, tasks[index] == task { tasks.remove(at: index) }
    }

    func first(where isEligible: (TaskID) -> Bool) -> TaskID? { tasks.last(where: isEligible) }

    /// Index of the first task that is not worse than `task`.
    private func position(of task: TaskID) -> Int {
        var low = 0
        var high = tasks.count
        while low < high {
            let middle = (low + high) / 2
            if Self.precedes(task, tasks[middle]) { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// Whether `a` is offered before `b`.
    static func precedes(_ a: TaskID, _ b: TaskID) -> Bool {
        let (evaluatesA, evaluatesB) = (a.split == .train ? 0 : 1, b.split == .train ? 0 : 1)
        return (evaluatesA, a.iteration, a.split.rawValue, a.index) < (
            evaluatesB, b.iteration, b.split.rawValue, b.index
        )
    }
}
