/// The tasks of one kind that work on one split in one iteration: what completes together.
public struct TaskGroup: Sendable, Hashable, Comparable {
    /// Iteration, as in `TaskID`.
    public var iteration: UInt32
    /// Split, as in `TaskID`.
    public var split: Split
    /// Kind of every task of the group.
    public var kind: TaskKind

    /// Names a group.
    public init(iteration: UInt32, split: Split, kind: TaskKind) {
        self.iteration = iteration
        self.split = split
        self.kind = kind
    }

    /// Canonical order.
    public static func < (a: TaskGroup, b: TaskGroup) -> Bool {
        (a.iteration, a.split, a.kind) < (b.iteration, b.split, b.kind)
    }

    func task(_ index: Int) -> TaskID { TaskID(iteration: iteration, split: split, kind: kind, index: UInt32(index)) }
}

extension TaskID {
    /// The group the task belongs to.
    public var group: TaskGroup { TaskGroup(iteration: iteration, split: split, kind: kind) }

    /// The task of another kind on the same prompts: a sample task's score task and the other way round.
    public func sibling(_ kind: TaskKind) -> TaskID {
        TaskID(iteration: iteration, split: split, kind: kind, index: index)
    }

    /// The train task of an iteration.
    public static func train(_ iteration: UInt32) -> TaskID {
        TaskID(iteration: iteration, split: .train, kind: .train, index: 0)
    }
}

// How the plan divides the prompts of a split into tasks. The division is part of the plan and never of the cluster: the
// same tasks exist whoever runs them.
extension RunPlan {
    /// Prompts of a split.
    public func promptCount(_ split: Split) -> Int { groups[split]?.count ?? 0 }

    /// Sample tasks (and score tasks) that cover a split once.
    public func taskCount(_ split: Split) -> Int {
        let size = max(1, Int(promptsPerTask))
        return (promptCount(split) + size - 1) / size
    }

    /// Tasks of a group.
    ///
    /// An evaluation covers its split once for every decoding: first all tasks of the first decoding, then those of the next.
    public func taskCount(_ group: TaskGroup) -> Int {
        switch group.kind {
        case .train: 1
        case .sample, .score: taskCount(group.split) * (group.split == .train ? 1 : evaluationSamples.count)
        case .rationale: writesRationales ? taskCount(group.split) : 0
        }
    }

    /// Indices, in the task's split, of the prompts a sample, score or rationale task covers; empty for a train task.
    public func prompts(of task: TaskID) -> Range<Int> {
        guard task.kind != .train else { return 0..<0 }
        let size = max(1, Int(promptsPerTask))
        let count = promptCount(task.split)
        let first = min(Int(task.index) % max(1, taskCount(task.split)) * size, count)
        return first..<min(first + size, count)
    }

    /// Index of the decoding an evaluation's sample or score task uses; 0 in the E-step.
    public func decoding(of task: TaskID) -> Int {
        task.split == .train ? 0 : Int(task.index) / max(1, taskCount(task.split))
    }

    /// Sample indices of the trajectories a sample or score task draws of each of its prompts. In an evaluation those of
    /// the second decoding follow those of the first.
    public func samples(of task: TaskID) -> Range<UInt32> {
        task.split == .train ? 0..<samplesPerPrompt : evaluationSamples(of: decoding(of: task))
    }

    /// Sample indices of one decoding's trajectories in every evaluation; empty for a decoding that does not exist.
    public func evaluationSamples(of decoding: Int) -> Range<UInt32> {
        guard evaluationSamples.indices.contains(decoding) else { return 0..<0 }
        let first = evaluationSamples[..<decoding].reduce(0, +)
        return first..<first + evaluationSamples[decoding]
    }

    /// Whether the plan has that task at all; a peer or an old journal may name others.
    public func contains(_ task: TaskID) -> Bool {
        guard task.iteration <= iterations, Int(task.index) < taskCount(task.group) else { return false }
        switch (task.kind, task.split) {
        case (.train, .train): return task.iteration > 0 || fineTunesFirst
        case (.train, _): return false
        case (.rationale, let split): return split == .train && task.iteration == 0
        case (_, .train): return task.iteration > 0 && sampling(for: task.iteration) == task.iteration
        case (_, let split): return evaluates.contains(split)
        }
    }

    /// Splits that are evaluated and have prompts, in order.
    public var evaluatedSplits: [Split] { Split.allCases.filter { evaluates.contains($0) && promptCount($0) > 0 } }
}
