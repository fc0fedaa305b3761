/// A picture of a run, for people; taken as often as they look.
public struct RunStatus: Sendable, Equatable {
    /// One member of the cluster.
    public struct Node: Sendable, Equatable {
        /// Its name.
        public var node: String
        /// What it does.
        public var role: Role
        /// This process of it.
        public var incarnation: Incarnation
        /// Tasks it runs at the same time.
        public var slots: Int
        /// Its leases, oldest first.
        public var held: [Attempt]
        /// How long it has been silent.
        public var silence: Duration
    }

    /// Where the run stands.
    public var phase: Phase
    /// The coordinator's term.
    public var term: Term
    /// Tasks by group and state. Tasks that do not exist yet are not in it; `RunPlan.taskCount` tells how many there will be.
    public var tasks: [TaskTally]
    /// Members, in the order they joined.
    public var nodes: [Node]
    /// What happened so far.
    public var counters: Counters
    /// Evaluations that are complete.
    public var evaluations: [Evaluation]
    /// Why the run stands still, when it does.
    public var halted: Halt?
    /// Whether nodes have been told to leave.
    public var isDraining: Bool
}

extension Coordinator {
    /// The run as it stands.
    public func status(at now: Instant) -> RunStatus {
        let nodes = membership.all.map { member in
            RunStatus.Node(
                node: member.node, role: member.role, incarnation: member.incarnation, slots: member.slots,
                held: leases.of(member.incarnation).map(\.attempt), silence: member.lastHeard.duration(to: now))
        }
        return RunStatus(
            phase: phase, term: term, tasks: tasks.tally, nodes: nodes, counters: counters,
            evaluations: schedule.evaluations, halted: halted, isDraining: isDraining)
    }

    /// Where the run stands.
    public var phase: Phase { rederived.keys.min().map { .training(iteration: $0) } ?? schedule.phase }

    /// Committed policies; the index is the version.
    public var policies: [PolicyManifest] { schedule.policies }

    /// Sealed iterations, the first at index 0.
    public var sealedIterations: [SealedIteration] { schedule.sealed }

    /// Training sets on disk, by iteration.
    public var trainingSets: [UInt32: BlobManifest] { schedule.trainingSets }

    /// The policy the M-step of an iteration starts from; `nil` while it does not exist.
    public func trainingStart(of iteration: UInt32) -> PolicyManifest? { schedule.start(of: iteration) }

    /// The run's outcome, once it is finished.
    public var outcome: Outcome? { schedule.outcome }

    /// Whether an incarnation is a member: the shell serves chunks to nobody else.
    public func isMember(_ incarnation: Incarnation) -> Bool { membership[incarnation] != nil }

    /// The name of a member.
    public func node(of incarnation: Incarnation) -> String? { membership[incarnation]?.node }

    /// The session of a member; it changes when the node reconnects.
    public func session(of incarnation: Incarnation) -> SessionID? { membership[incarnation]?.session }
}
