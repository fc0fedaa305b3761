/// What a node does. One binary plays every role; the role only decides which tasks it is offered.
public enum Role: UInt8, Sendable, Hashable, CaseIterable {
    case sampler = 1
    case scorer = 2
    case learner = 3
}

/// Fencing number of a coordinator's start: persisted, one higher than the last, before the coordinator binds.
public struct Term: Sendable, Hashable, Comparable, RawRepresentable {
    /// The number itself.
    public var rawValue: UInt64
    /// Wraps a number.
    public init(rawValue: UInt64) { self.rawValue = rawValue }
    /// Older terms come first.
    public static func < (a: Term, b: Term) -> Bool { a.rawValue < b.rawValue }
}

/// Drawn at random when a node's process starts, so that a restarted process is never mistaken for the old one.
public struct Incarnation: Sendable, Hashable, RawRepresentable {
    /// The number itself.
    public var rawValue: UInt64
    /// Wraps a number.
    public init(rawValue: UInt64) { self.rawValue = rawValue }
}

/// A transport connection as the coordinator sees it (one ROUTER identity).
public struct SessionID: Sendable, Hashable, Comparable, RawRepresentable {
    /// The number itself.
    public var rawValue: UInt64
    /// Wraps a number.
    public init(rawValue: UInt64) { self.rawValue = rawValue }
    /// In order of connection.
    public static func < (a: SessionID, b: SessionID) -> Bool { a.rawValue < b.rawValue }
}

/// The part of the data a task works on.
public enum Split: UInt8, Sendable, Hashable, CaseIterable, Comparable {
    case train = 1
    case validation = 2
    case test = 3
    /// Train, validation, test.
    public static func < (a: Split, b: Split) -> Bool { a.rawValue < b.rawValue }
}

/// The kinds of work.
public enum TaskKind: UInt8, Sendable, Hashable, CaseIterable, Comparable {
    case sample = 1
    case score = 2
    case train = 3
    /// Writes reasoning paths for the supervised fine-tuning (stage 0).
    case rationale = 4
    /// Sample, score, train, rationale.
    public static func < (a: TaskKind, b: TaskKind) -> Bool { a.rawValue < b.rawValue }

    /// The role that runs tasks of this kind.
    public var role: Role {
        switch self {
        case .sample, .rationale: .sampler
        case .score: .scorer
        case .train: .learner
        }
    }
}

/// Names a task for the whole run.
///
/// `iteration` counts from 1; 0 is supervised fine-tuning. A *train-split* sample or score task belongs to the E-step of
/// `iteration` and uses policy `iteration - 1`; a *validation* or *test* task evaluates policy `iteration`; the train task
/// of `iteration` produces policy `iteration`.
public struct TaskID: Sendable, Hashable, Comparable {
    /// Iteration, from 1; 0 is supervised fine-tuning.
    public var iteration: UInt32
    /// Part of the data it works on; `train` for train tasks.
    public var split: Split
    /// What is done.
    public var kind: TaskKind
    /// Position among the tasks of its iteration, split and kind; 0 for train tasks.
    public var index: UInt32

    /// Names a task.
    public init(iteration: UInt32, split: Split, kind: TaskKind, index: UInt32) {
        self.iteration = iteration
        self.split = split
        self.kind = kind
        self.index = index
    }

    /// Version of the policy this task samples from, or produces when it is a train task.
    public var policyVersion: UInt32 {
        kind != .train && split == .train ? iteration - Swift.min(iteration, 1) : iteration
    }

    /// Canonical order: iteration, split, kind, index.
    public static func < (a: TaskID, b: TaskID) -> Bool {
        (a.iteration, a.split, a.kind, a.index) < (b.iteration, b.split, b.kind, b.index)
    }
}

/// Names one trajectory within an iteration and split: the `sample`-th answer to the `prompt`-th prompt.
public struct TrajectoryID: Sendable, Hashable, Comparable {
    /// Index of the prompt in its split.
    public var prompt: UInt32
    /// Index of the sample among its prompt's.
    public var sample: UInt32
    /// Names a trajectory.
    public init(prompt: UInt32, sample: UInt32) {
        self.prompt = prompt
        self.sample = sample
    }
    /// Canonical order: prompt, then sample.
    public static func < (a: TrajectoryID, b: TrajectoryID) -> Bool { (a.prompt, a.sample) < (b.prompt, b.sample) }
}

/// A reading of a monotonic clock. Only differences mean anything.
public struct Instant: Sendable, Hashable, InstantProtocol {
    /// Time since an arbitrary but fixed start.
    public var sinceStart: Duration
    /// The reading that long after the start.
    public init(sinceStart: Duration) { self.sinceStart = sinceStart }
    /// The reading `duration` later.
    public func advanced(by duration: Duration) -> Instant { Instant(sinceStart: sinceStart + duration) }
    /// Time from this reading to the other.
    public func duration(to other: Instant) -> Duration { other.sinceStart - sinceStart }
    /// Earlier readings come first.
    public static func < (a: Instant, b: Instant) -> Bool { a.sinceStart < b.sinceStart }
}
