/// What is to go wrong in a run, on purpose: the plans of `reprise run --chaos` and `reprise chaos`.
///
/// A plan is data: faults at given times or at rates, whom they strike, and a seed. With the seed it stands for one list of
/// injections, the same each time.
public struct FaultPlan: Sendable, Equatable {
    /// What the plan is called: its file's name without the ending.
    public internal(set) var name = "plan"
    /// Decides every draw.
    public var seed: UInt64 = 1
    /// Seconds from the cluster's start until all is over.
    public var lasts = 300.0
    /// The last seconds of these, in which everything has healed and nothing strikes.
    public var quiet = 20.0
    /// What goes wrong.
    public var faults: [Fault] = []

    /// A plan without faults.
    public init() {}

    /// Seconds from the cluster's start in which faults strike.
    public var storms: Double { lasts - quiet }

    /// One line of a plan: what strikes whom, and when.
    public struct Fault: Sendable, Equatable {
        /// What happens.
        public var kind = FaultKind.kill
        /// Of processes: whom it strikes, each time one of these. Of messages: whose connections with the coordinator.
        public var targets: [FaultTarget] = []
        /// When it strikes.
        public var times = Times.always
        /// How long it lasts, in seconds.
        public var seconds = 0.0
        /// Share of the messages it strikes.
        public var probability = 0.0
        /// Mean delay of a message that is struck.
        public var milliseconds = 0.0
        /// Share of the time that a slowed process stands still.
        public var share = 0.5
        /// Which way messages go that it strikes.
        public var direction = FaultDirection.both
        /// Whether it strikes all of its targets at once, not one of them.
        public var everyone = false

        /// A kill that strikes nobody.
        public init() {}
    }

    /// When a fault strikes.
    public enum Times: Sendable, Equatable {
        /// As long as faults strike: of messages only.
        case always
        /// Seconds from the cluster's start.
        case at([Double])
        /// So often in a minute, at times drawn from the seed.
        case perMinute(Double)
    }
}

/// What can go wrong.
public enum FaultKind: String, Sendable, CaseIterable, Comparable {
    /// A process ends at once (SIGKILL).
    case kill
    /// A process stands still (SIGSTOP) and goes on.
    case stop
    /// A process stands still for a share of the time.
    case slow
    /// A process' disk takes nothing more.
    case disk
    /// A connection carries nothing, one way or both.
    case cut
    /// A connection ends, and what was on its way is lost.
    case reset
    /// A message is lost.
    case loss
    /// A message arrives twice.
    case duplication
    /// A message is overtaken by the next.
    case reordering
    /// A message arrives late.
    case delay
    /// A bit of a message flips, or its end is missing.
    case corruption

    /// In the order above.
    public static func < (a: FaultKind, b: FaultKind) -> Bool { a.position < b.position }

    private var position: Int { Self.allCases.firstIndex(of: self) ?? 0 }

    /// What a kind strikes.
    public enum Object: Sendable { case process, connection, message }

    /// What it strikes.
    public var object: Object {
        switch self {
        case .kill, .stop, .slow, .disk: .process
        case .cut, .reset: .connection
        case .loss, .duplication, .reordering, .delay, .corruption: .message
        }
    }
}

/// Whom a fault strikes.
public enum FaultTarget: String, Sendable, CaseIterable { case coordinator, sampler, scorer, learner }

/// Which way messages go.
public enum FaultDirection: String, Sendable, CaseIterable {
    case both
    case toCoordinator = "to-coordinator"
    case toNode = "to-node"

    /// Whether it holds for messages that go the way of `other`.
    public func includes(_ other: FaultDirection) -> Bool { self == .both || self == other }
}
