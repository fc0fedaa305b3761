public import Digests

/// The coordinator as a value: events in, effects out, no clock, no input or output.
///
/// plan → lease → accept → select → seal → train → announce, until every policy is trained and evaluated. The parts are
/// `Schedule` (what the run does next), `TaskTable` and `LeaseTable` (who does it), `Membership` (who counts), `Judgements`
/// and `Selection` (what came out). Two kinds of state: *facts* change only by `apply` of a journal record, live as in
/// recovery, so replaying the journal gives the same facts; *leases and members* belong to the term and are rebuilt by the
/// nodes' own reports.
///
/// Event sourcing with effects as values follows the "functional core" of deterministic simulation testing (FoundationDB,
/// SIGMOD 2021; TigerBeetle's VOPR): the simulator runs this very code.
public struct Coordinator: Sendable {
    /// Losses a task may itself have caused, after which a person has to look, unless said otherwise.
    public static let suspicionLimit = 5

    /// The run.
    public let plan: RunPlan
    /// This start's fencing number.
    public let term: Term
    /// What happened so far.
    public internal(set) var counters = Counters()
    /// Why the run stands still, when it does.
    public internal(set) var halted: Halt?
    /// Set by the shell while its queues are full: nothing is leased.
    public var isLeasingPaused = false

    let timers: Timers
    let base: BaseManifest
    let mutations: Mutations
    let backoff = Backoff()
    var membership: Membership
    var tasks: TaskTable
    var leases = LeaseTable()
    var schedule: Schedule
    var judgements = Judgements()
    var speculation = Speculation()
    var firstMeans: FirstMeans?
    var rationaleCounts = RationaleCounts()
    var fetch: PolicyFetch?
    /// Recorded results of M-steps that run again, because the disk lost what they made; by version.
    var rederived: [UInt32: Digest] = [:]
    var jitter: SplitMix
    var effects: [CoordinatorEffect] = []
    /// Iteration whose training set was asked for in this term.
    var requestedTrainingSet: UInt32?
    /// Groups whose tasks have been offered in this term.
    var offered: Set<TaskGroup> = []
    /// What had changed when leases were last granted; nil when that has to be done in any case.
    var hasGranted: Changes?
    var isDraining = false
    var hasReportedDrained = false
    var lastPhase: Phase?
    var lastEvent: Instant?

    /// Rebuilds the state from a journal, empty for a new run.
    ///
    /// - Parameters:
    ///   - term: Higher than any term in the journal.
    ///   - base: The base checkpoint, for Welcome messages.
    ///   - softwareVersion: The only version of nodes that is welcomed.
    ///   - numericFingerprint: The only arithmetic that is welcomed.
    ///   - seed: Of the jitter of backoff; learns nothing.
    ///   - suspicionLimit: Losses a task may itself have caused, after which a person has to look.
    ///   - recovered: The journal from its start, read once.
    ///   - mutations: Seeded bugs, for the simulator's own test.
    /// - Throws: `RecoveryError` when the journal is not one of this plan.
    public init(
        plan: RunPlan, term: Term, timers: Timers, base: BaseManifest, softwareVersion: String,
        numericFingerprint: Digest, seed: UInt64, suspicionLimit: Int = Coordinator.suspicionLimit,
        recovered: some Sequence<Record> = [], mutations: Mutations = .none
    ) throws(RecoveryError) {
        self.plan = plan
        self.term = term
        self.timers = timers
        self.base = base
        self.mutations = mutations
        membership = Membership(
            run: plan.run, term: term, softwareVersion: softwareVersion, numericFingerprint: numericFingerprint,
            reward: plan.reward, engines: plan.engines)
        membership.mutations = mutations
        leases.mutations = mutations
        tasks = TaskTable(suspicionLimit: suspicionLimit)
        tasks.mutations = mutations
        judgements.mutations = mutations
        schedule = Schedule(plan: plan)
        jitter = SplitMix(seed: seed ^ term.rawValue)
        for record in recovered { try recover(record) }
    }

    /// Takes the next record of a journal, before `start`.
    ///
    /// - Throws: `RecoveryError` when it cannot follow what came before.
    public mutating func recover(_ record: Record) throws(RecoveryError) {
        try check(record)
        if mutations.has(.forgetsAccepted), case .accepted = record { return }
        apply(record)
    }

    /// Begins the term: the first effect makes it durable, before anything is sent.
    public mutating func start(at now: Instant) -> [CoordinatorEffect] {
        lastEvent = now
        if !mutations.has(.forgetsTerm) { journal(.termStarted(term), durable: true) }
        if let outcome = schedule.outcome, rederived.isEmpty {
            effects.append(.finish(outcome))
            isDraining = true
        }
        settle(at: now)
        return takeEffects()
    }

    /// Takes one event and returns what the shell has to do, in that order.
    public mutating func handle(_ event: CoordinatorEvent, at now: Instant) -> [CoordinatorEffect] {
        forgivePause(at: now)
        switch event {
        case .received(let session, let envelope): receive(envelope, on: session, at: now)
        case .trainingSetStored(let iteration, let manifest): trainingSetStored(manifest, iteration: iteration)
        case .policyStored(let policy): policyStored(policy, at: now)
        case .policyFetchFailed(let session, let task, let explanation):
            policyFetchFailed(task, from: session, explanation: explanation, at: now)
        case .tick:
            expire(at: now)
            speculate(at: now)
            // Backoffs may be over.
            hasGranted = nil
        case .drain: drain()
        }
        settle(at: now)
        return takeEffects()
    }

    /// Ticks come every 100 ms: a longer gap means this process stood still, and messages that prove others alive may wait
    /// in its sockets.
    private mutating func forgivePause(at now: Instant) {
        if let lastEvent {
            let gap = lastEvent.duration(to: now)
            if gap > timers.heartbeat * 2 {
                membership.forgive(gap)
                leases.forgive(gap)
            }
        }
        lastEvent = now
    }

    /// What follows from the facts as they are now.
    private mutating func settle(at now: Instant) {
        advance(at: now)
        grantLeases(at: now)
        if isDraining, !hasReportedDrained, membership.all.isEmpty {
            hasReportedDrained = true
            effects.append(.drained)
        }
    }

    private mutating func takeEffects() -> [CoordinatorEffect] {
        defer { effects = [] }
        return effects
    }

    // MARK: - Ways out

    /// Records a fact and makes it one. What ends an evaluation that may end the run early is durable like a seal: tasks
    /// that follow from it must not outlive it.
    mutating func journal(_ record: Record, durable: Bool) {
        let known = schedule.evaluations.count
        apply(record)
        let isDecision = plan.patience != nil && schedule.evaluations.count > known
        effects.append(.journal(record, durable: durable || isDecision))
    }

    mutating func send(_ message: CoordinatorMessage, to member: Member) {
        effects.append(.send(member.session, member.incarnation, message))
    }

    mutating func note(_ notice: Notice) { effects.append(.note(notice)) }

    mutating func halt(_ reason: Halt) {
        guard halted == nil else { return }
        halted = reason
        effects.append(.halt(reason))
    }

    mutating func drain() {
        guard !isDraining else { return }
        isDraining = true
        for member in membership.all { send(.drain, to: member) }
    }
}

/// A finished M-step whose delta is on its way into the blob store.
struct PolicyFetch: Sendable, Equatable {
    var result: TaskResult
    var policy: PolicyManifest
    var node: String
    var incarnation: Incarnation
    var session: SessionID
}
