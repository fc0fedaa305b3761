import Digests

/// A node as a value: the logic of every role, without what the tasks compute.
///
/// It says Hello until it is welcomed, runs leases on its slots in the order they came, lists all it holds in every
/// heartbeat (which is what renews leases), and sends each result until it is acknowledged.
///
/// - *Not heard for `silenceStop`*: its leases run out at the coordinator, so it stops what is unfinished. *For
///   `silenceExit`*: it exits; whoever started it may start it again. Any message of the current term counts as hearing.
/// - *Fenced in its own term*: others hold its tasks now. It becomes a new incarnation on a new connection and drops what is
///   unfinished. *Fenced in a newer term*: the coordinator was restarted and knows nobody; it says Hello as the same
///   incarnation, goes on working meanwhile, and its first heartbeat re-creates its leases.
/// - *Finished results outlive both*: a task is a pure function, and its answer is accepted by the digest of its input
///   under any attempt, incarnation or term.
/// - *After its process stood still* (SIGSTOP, a laptop's lid) messages may wait in its socket, so the gap is no silence; but
///   its leases may be gone: it reports first and sends results only after an answer.
public struct Worker: Sendable {
    /// What the node says of itself.
    public let hello: Hello
    /// This process, until it is fenced.
    public private(set) var incarnation: Incarnation
    /// The timers in force: the defaults until the coordinator dictates others.
    public internal(set) var timers: Timers

    enum Connection: Sendable, Equatable {
        /// `patience` only bounds a node that never was a member.
        case joining(hello: WorkList.Resend, since: Instant)
        case member(welcomed: UInt64, nextHeartbeat: Instant, isRechecking: Bool)
        case left
    }

    var connection: Connection
    /// Run and term of the last Welcome; zero before.
    var run: Digest = .zero
    var term = Term(rawValue: 0)
    var work = WorkList()
    var isDraining = false
    /// When the coordinator was last heard; before that, when the node started.
    var lastHeard: Instant
    private var lastEvent: Instant
    private var sequence: UInt64 = 0
    private var random: SplitMix
    private let patience: Duration?
    let mutations: Mutations
    var effects: [WorkerEffect] = []

    /// A node that has not said anything yet.
    ///
    /// - Parameters:
    ///   - incarnation: Drawn at random by the process.
    ///   - seed: Of the incarnations it draws when it is fenced; random, too.
    ///   - patience: How long it looks for a coordinator before it has ever found one; `nil` is forever.
    ///   - mutations: Seeded bugs, for the simulator's own test.
    public init(
        hello: Hello, incarnation: Incarnation, seed: UInt64, patience: Duration? = nil, timers: Timers = Timers(),
        mutations: Mutations = .none, at now: Instant
    ) {
        self.mutations = mutations
        self.hello = hello
        self.incarnation = incarnation
        self.patience = patience
        self.timers = timers
        random = SplitMix(seed: seed)
        lastHeard = now
        lastEvent = now
        connection = .joining(hello: WorkList.Resend(next: now, delay: timers.resend), since: now)
    }

    /// Everything the node holds.
    public var held: [Attempt] { work.attempts }

    /// Whether the coordinator has welcomed it and not fenced it since.
    public var isMember: Bool {
        if case .member = connection { true } else { false }
    }

    /// Says the first Hello.
    public mutating func start(at now: Instant) -> [WorkerEffect] { handle(.tick, at: now) }

    /// Takes one event and returns what the shell has to do, in that order.
    public mutating func handle(_ event: WorkerEvent, at now: Instant) -> [WorkerEffect] {
        guard connection != .left else { return [] }
        forgivePause(at: now)
        switch event {
        case .received(let envelope): receive(envelope, at: now)
        case .completed(let origin, let output, let computeTime):
            complete(origin, output, computeTime: computeTime, at: now)
        case .failed(let origin, let failureClass, let explanation): fail(origin, failureClass, explanation)
        case .handedBack(let origin): handBack(origin)
        case .progress(let progress): report(progress)
        case .tick: break
        case .drain: beginDrain()
        }
        settle(at: now)
        defer { effects = [] }
        return effects
    }

    /// The envelope of a message the shell sends itself: chunks and requests for them.
    public mutating func envelope(_ message: NodeMessage) -> Envelope<NodeMessage> {
        sequence += 1
        return Envelope(run: run, term: term, incarnation: incarnation, sequence: sequence, message: message)
    }

    mutating func send(_ message: NodeMessage) { effects.append(.send(envelope(message))) }

    mutating func note(_ notice: WorkerNotice) { effects.append(.note(notice)) }

    private mutating func forgivePause(at now: Instant) {
        let gap = lastEvent.duration(to: now)
        lastEvent = now
        guard gap > timers.heartbeat * 2 else { return }
        note(.paused(gap))
        lastHeard = lastHeard.advanced(by: gap)
        if case .member(let welcomed, _, _) = connection {
            connection = .member(welcomed: welcomed, nextHeartbeat: now, isRechecking: true)
        }
    }

    // MARK: - What is due

    private mutating func settle(at now: Instant) {
        if leaveIfDone() || exitIfSilent(at: now) { return }
        switch connection {
        case .left:
            return
        case .joining(var resend, let since):
            guard resend.next <= now else { break }
            resend.sent(at: now, maximum: timers.resendMaximum)
            connection = .joining(hello: resend, since: since)
            send(.hello(hello))
        case .member(let welcomed, let nextHeartbeat, let isRechecking):
            if nextHeartbeat <= now {
                let next = now.advanced(by: timers.heartbeat)
                connection = .member(welcomed: welcomed, nextHeartbeat: next, isRechecking: isRechecking)
                let free = isDraining ? 0 : max(0, Int(hello.credit) - work.items.count)
                send(.heartbeat(Heartbeat(held: work.attempts, credit: UInt32(free))))
            }
            if !isRechecking {
                for result in work.due(at: now, maximum: timers.resendMaximum) { send(.result(result)) }
            }
        }
        while let lease = work.startNext(slots: Int(hello.slots)) { effects.append(.start(lease)) }
    }

    private mutating func exitIfSilent(at now: Instant) -> Bool {
        let silence = lastHeard.duration(to: now)
        let limit = term.rawValue > 0 ? timers.silenceExit : patience
        if let limit, silence >= limit {
            stop(work.drop { _ in true })
            exit(.silent(silence))
            return true
        }
        if silence >= timers.silenceStop, !work.unfinished.isEmpty {
            note(.stoppedInSilence(silence))
            stop(work.drop { _ in true })
        }
        return false
    }

    private mutating func leaveIfDone() -> Bool {
        guard isDraining, work.items.isEmpty else { return false }
        if isMember { send(.goodbye) }
        exit(.drained)
        return true
    }

    mutating func exit(_ reason: ExitReason) {
        connection = .left
        effects.append(.exit(reason))
    }

    /// Tells the shell to stop those that run.
    mutating func stop(_ dropped: [WorkList.Item]) {
        for item in dropped { if case .running(let origin, _) = item.state { effects.append(.stop(origin)) } }
    }

    mutating func beginDrain() {
        guard !isDraining else { return }
        isDraining = true
        let waiting = work.drop { if case .waiting = $0.state { true } else { false } }
        if isMember, !waiting.isEmpty { send(.release(waiting.map(\.attempt))) }
        for item in work.items { if case .running(let origin, _) = item.state { effects.append(.suspend(origin)) } }
    }

    private mutating func handBack(_ origin: Attempt) {
        guard let item = work.running(origin) else { return }
        work.remove(item.attempt)
        if isMember { send(.release([item.attempt])) }
    }

    // MARK: - Hello again

    /// The coordinator was restarted: everything is kept.
    mutating func rejoin(_ term: Term, at now: Instant) {
        note(.rejoining(term))
        lastHeard = now
        connection = .joining(hello: WorkList.Resend(next: now, delay: timers.resend), since: now)
    }

    /// The incarnation is out: finished results are kept, nothing else.
    mutating func reincarnate(_ reason: String, at now: Instant) {
        note(.fenced(incarnation, reason))
        stop(work.drop { _ in true })
        lastHeard = now
        if !mutations.has(.keepsIncarnation) { incarnation = Incarnation(rawValue: random.next()) }
        sequence = 0
        effects.append(.reconnect(incarnation))
        connection = .joining(hello: WorkList.Resend(next: now, delay: timers.resend), since: now)
    }
}
