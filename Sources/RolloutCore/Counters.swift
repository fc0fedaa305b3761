/// What happened to the run's tasks, for people. What the data did and what the machines did are counted apart: the first
/// is part of what is learned, the second only of how long it takes.
public struct Counters: Sendable, Equatable {
    /// Failures that any cluster would have had.
    public struct Data: Sendable, Equatable {
        /// Deterministic failures reported, each time.
        public var deterministicFailures = 0
        /// Tasks recorded without a result.
        public var nullResults = 0
        /// Trajectories without an answer.
        public var malformed = 0
        /// Trajectories without a reward.
        public var unscored = 0
    }

    /// Failures of machines and networks.
    public struct Infrastructure: Sendable, Equatable {
        /// Leases of nodes that fell silent.
        public var expired = 0
        /// Leases a node's heartbeats did not list.
        public var notReported = 0
        /// Leases of a process that was replaced by a new one.
        public var replaced = 0
        /// System failures that nodes reported.
        public var systemFailures = 0
        /// Results whose digest or shape was wrong.
        public var invalidResults = 0
        /// Leases handed back.
        public var released = 0
        /// Deltas that could not be fetched from their learner.
        public var fetchesFailed = 0
        /// Second leases of stragglers.
        public var speculated = 0
        /// Leases taken up again from a node's report, after a lost message or a restart of the coordinator.
        public var adopted = 0
        /// Messages answered with `fenced`.
        public var fenced = 0
        /// Messages ignored as stale or foreign.
        public var stale = 0
        /// Nodes refused.
        public var rejected = 0
    }

    /// Leases granted in this term, adopted ones not included.
    public var leased = 0
    /// Results accepted in this term.
    public var accepted = 0
    /// Of these, those whose lease had been lost.
    public var acceptedLate = 0
    /// Results of tasks that were already done, same digest.
    public var duplicates = 0
    /// What the data did.
    public var data = Data()
    /// What the machines did.
    public var infrastructure = Infrastructure()

    /// All zero.
    public init() {}
}
