import Digests
import Files
import Logging
public import RolloutCore
import Transport
public import ZeroMQ

/// A node of any role: the thin shell around `Worker`, which decides everything.
///
/// The actor runs on its transport's poll loop, so that a message, the decision and the answer are one turn of one thread.
/// Tasks run on threads of their own (`Slots`) and come back as events; what a task needs, the base and the blobs its lease
/// names, is pulled before it starts.
public actor NodeService: PollLoopActor {
    /// The thread of the socket and of this actor.
    public nonisolated let loop: PollLoop

    private let transport: any NodeTransport
    private let runner: any TaskRunner
    private let blobs: BlobCache
    private let slots: Slots
    private var logger: Logger
    private var run: Digest?
    private let began = ContinuousClock.now
    private let needsBase: Bool
    private var worker: Worker
    private var tick: LoopTimer?
    private var slowTick: LoopTimer?
    private var downloads = Downloads()
    private var base: BaseModel?
    private var baseManifest: BaseManifest?
    /// Leases that wait for blobs.
    private var waiting: [Lease] = []
    private var running: [Attempt: Cancellation] = [:]
    /// Leases whose threads have not ended, be they wanted or not.
    private var computing: [ObjectIdentifier: Lease] = [:]
    private var ended: CheckedContinuation<ExitReason, Never>?
    private var exitReason: ExitReason?
    private var beats = WaitReport()
    private var refusals = ConnectionReport()
    private let pulse: Pulse?

    /// A node that will join through `transport`.
    ///
    /// - Parameter base: The base model, when this machine has a copy; otherwise it is pulled from the coordinator.
    init(
        transport: any NodeTransport, runner: any TaskRunner, hello: Hello, incarnation: Incarnation, seed: UInt64,
        patience: Duration?, base: BaseModel?, blobs: BlobCache = BlobCache(), pulse: Pulse? = nil, logger: Logger
    ) throws(ZeroMQError) {
        loop = transport.loop
        self.transport = transport
        self.runner = runner
        self.blobs = blobs
        self.base = base
        self.pulse = pulse
        self.logger = logger
        slots = try Slots(count: Int(hello.slots))
        needsBase = hello.role != .scorer
        worker = Worker(
            hello: hello, incarnation: incarnation, seed: seed, patience: patience,
            at: Instant(sinceStart: began.duration(to: .now)))
    }

    /// Joins, works, and returns when the node is to end.
    public func run() async -> ExitReason {
        start()
        return await withCheckedContinuation { continuation in
            if let exitReason { continuation.resume(returning: exitReason) } else { ended = continuation }
        }
    }

    /// Asks the node to finish what runs, hand back the rest, and leave.
    public func drain() { handle(.drain) }

    private func start() {
        transport.assumeIsolated { transport in
            transport.start { [weak self] envelope in self?.assumeIsolated { $0.received(envelope) } }
        }
        tick = loop.every(.milliseconds(50)) { [weak self] in self?.assumeIsolated { $0.ticked() } }
        slowTick = loop.every(.seconds(1)) { [weak self] in self?.assumeIsolated { $0.tickedSlowly() } }
        perform(worker.start(at: now))
    }

    private var now: Instant { Instant(sinceStart: began.duration(to: .now)) }

    private func handle(_ event: WorkerEvent) { perform(worker.handle(event, at: now)) }

    private func ticked() {
        handle(.tick)
        act(on: downloads.tick(at: now))
        let isIdle = worker.held.isEmpty
        if let line = beats.line(isMember: worker.isMember, downloads: downloads.names, isIdle: isIdle, at: now) {
            logger.notice("\(line)")
        }
    }

    private func tickedSlowly() {
        if worker.isMember { pulse?.beat() }
        let refused = transport.assumeIsolated { $0.counters.refusedConnections }
        switch refusals.report(on: refused, at: now) {
        case .line(let line): logger.warning("\(line)")
        case .end(let explanation):
            exit(.rejected(Rejection(reason: .unauthorized, explanation: explanation)))
        case nil: break
        }
    }

    private func received(_ envelope: Envelope<CoordinatorMessage>) {
        if case .welcome(let welcome) = envelope.message {
            baseManifest = welcome.base
            run = envelope.run
            logger[metadataKey: "run"] = "\(envelope.run.short)"
            logger[metadataKey: "term"] = "\(envelope.term.rawValue)"
        }
        handle(.received(envelope))
    }

    private func perform(_ effects: [WorkerEffect]) {
        for effect in effects {
            switch effect {
            case .send(let envelope): transport.post(envelope)
            case .start(let lease): prepare(lease)
            case .stop(let attempt): stop(attempt)
            case .suspend(let attempt): suspend(attempt)
            case .deliver(let message): deliver(message)
            case .reconnect: transport.reconnectNow()
            case .exit(let reason): exit(reason)
            case .note(let notice): logger.log(notice, of: run)
            }
        }
    }

    private func exit(_ reason: ExitReason) {
        guard exitReason == nil else { return }
        exitReason = reason
        tick = nil
        slowTick = nil
        for cancellation in running.values { cancellation.cancel() }
        transport.assumeIsolated { $0.close(linger: .seconds(1)) }
        ended?.resume(returning: reason)
        ended = nil
    }

    // MARK: - Tasks

    /// Starts the task, or first pulls what it needs.
    private func prepare(_ lease: Lease) {
        guard let missing = missing(for: lease) else {
            return fail(lease, "the coordinator has not named the base model")
        }
        if missing.isEmpty {
            start(lease)
        } else {
            waiting.append(lease)
            keepBlobs()
            for manifest in missing { act(on: downloads.begin(manifest, at: now)) }
        }
    }

    /// Blobs the lease needs that are not here; nil when the base is not known.
    private func missing(for lease: Lease) -> [BlobManifest]? {
        var needed: [BlobManifest] = []
        if base == nil, needsBase {
            guard let baseManifest else { return nil }
            needed.append(baseManifest.blob)
        }
        return (needed + Self.named(by: lease)).filter { blobs[$0.digest] == nil }
    }

    /// The blobs a task names itself.
    private static func named(by lease: Lease) -> [BlobManifest] {
        switch lease.work {
        case .sample(let work): [work.policy.delta].compactMap { $0 }
        case .score: []
        case .train(let work): [work.start.delta, work.trainingSet].compactMap { $0 }
        case .rationale(let work): [work.checkpoint].compactMap { $0 }
        }
    }

    private func start(_ lease: Lease) {
        let attempt = lease.attempt
        let cancellation = Cancellation()
        running[attempt] = cancellation
        computing[ObjectIdentifier(cancellation)] = lease
        keepBlobs()
        let earlier = EarlierTime()
        let context = TaskContext(
            blobs: blobs, base: base, isCancelled: { cancellation.isCancelled },
            progress: { [weak self] progress in
                guard let self else { return }
                loop.perform { self.assumeIsolated { $0.progressed(progress, cancellation) } }
            }, say: { [logger] in logger.notice("\($0)") }, tookBefore: { earlier.add($0) })
        let runner = runner
        slots.run { [weak self] in
            let began = ContinuousClock.now
            let result: Result<TaskOutput, TaskError>
            do throws(TaskError) { result = .success(try runner.run(lease, in: context)) } catch {
                result = .failure(error)
            }
            let time = began.duration(to: .now) + earlier.sum
            guard let self else { return }
            loop.perform { self.assumeIsolated { $0.finished(attempt, cancellation, result, time) } }
        }
    }

    private func progressed(_ progress: TrainProgress, _ cancellation: Cancellation) {
        if running[progress.attempt] === cancellation { handle(.progress(progress)) }
    }

    private func finished(
        _ attempt: Attempt, _ cancellation: Cancellation, _ result: Result<TaskOutput, TaskError>, _ time: Duration
    ) {
        computing[ObjectIdentifier(cancellation)] = nil
        keepBlobs()
        // A thread goes on until it sees that it was stopped. Meanwhile a coordinator that was restarted, and counts from one
        // again, may have leased the same attempt with another input: what the thread made is not that one's.
        guard running[attempt] === cancellation else { return }
        running[attempt] = nil
        switch result {
        case .failure where cancellation.isSuspended: handle(.handedBack(attempt))
        case .success(let output): handle(.completed(attempt, output, computeTime: time))
        case .failure(let error): handle(.failed(attempt, error.failureClass, explanation: error.description))
        }
    }

    private func fail(_ lease: Lease, _ explanation: String) {
        handle(.failed(lease.attempt, .system, explanation: explanation))
    }

    private func stop(_ attempt: Attempt) {
        waiting.removeAll { $0.attempt == attempt }
        running.removeValue(forKey: attempt)?.cancel()
        keepBlobs()
    }

    /// Puts a task off: one that has not begun, and one of which what is done is kept.
    private func suspend(_ attempt: Attempt) {
        if waiting.contains(where: { $0.attempt == attempt }) {
            waiting.removeAll { $0.attempt == attempt }
            keepBlobs()
            handle(.handedBack(attempt))
        } else if runner.keepsUnfinished {
            running[attempt]?.suspend()
        }
    }

    /// What tasks at hand name stays here while they are.
    private func keepBlobs() {
        blobs.keep(Set((waiting + Array(computing.values)).flatMap(Self.named).map(\.digest)))
    }

    // MARK: - Blobs

    private func deliver(_ message: CoordinatorMessage) {
        switch message {
        case .chunk(let chunk): act(on: downloads.receive(chunk, at: now))
        case .chunkRequest(let request): serve(request)
        // Pulled when a task needs it.
        case .policy: break
        default: break
        }
    }

    private func act(on actions: [Downloads.Action]) {
        for action in actions {
            switch action {
            case .request(let request): transport.post(worker.envelope(.chunkRequest(request)))
            case .arrived(let manifest, let bytes): arrived(manifest, bytes)
            case .failed(let manifest, let failure): failed(manifest, failure)
            }
        }
    }

    private func arrived(_ manifest: BlobManifest, _ bytes: [UInt8]) {
        let isBase = manifest == baseManifest?.blob
        if isBase, base == nil, needsBase {
            do {
                base = try BaseModel(archive: bytes)
            } catch {
                return failed(manifest, "it cannot be read: \(error)")
            }
        }
        // The base may write reasoning paths too: a task then names the same blob as its own.
        if !isBase || waiting.contains(where: { Self.named(by: $0).contains(manifest) }) {
            blobs.insert(bytes, as: manifest.digest)
        }
        logger.debug(
            "blob arrived", metadata: ["digest": "\(manifest.digest.short)", "bytes": "\(manifest.byteCount)"])
        let leases = waiting
        waiting = []
        for lease in leases { prepare(lease) }
    }

    private func failed(_ manifest: BlobManifest, _ reason: any CustomStringConvertible) {
        let leases = waiting
        waiting = []
        for lease in leases {
            if missing(for: lease)?.contains(manifest) ?? true {
                fail(lease, "blob \(manifest.digest.short) could not be pulled: \(reason)")
            } else {
                waiting.append(lease)
            }
        }
    }

    private func serve(_ request: ChunkRequest) {
        let bytes = blobs[request.blob]
        for chunk in Chunk.answers(to: request, from: bytes) { transport.post(worker.envelope(.chunk(chunk))) }
    }
}
