import Digests
import Failpoints
import Files
import Logging
public import RolloutCore
import RunStore
import Transport
public import ZeroMQ

/// The coordinator's process: the thin shell around `Coordinator`, which decides everything.
///
/// The actor runs on its transport's poll loop. Effects are done in order, so that "journal, then send" is durable before
/// visible; SQLite is written on this thread, never on the cooperative pool.
public actor CoordinatorService: PollLoopActor {
    /// How the service ended.
    public enum Ending: Sendable, Equatable {
        /// The run is complete.
        case finished(Outcome)
        /// The run needs a person.
        case halted(Halt)
        /// Stopped by a signal; `--resume` goes on.
        case drained
    }

    /// The thread of the socket and of this actor.
    public nonisolated let loop: PollLoop

    private let transport: any CoordinatorTransport
    private let journal: Journal
    private let blobs: BlobStore
    private let logger: Logger
    private let began = ContinuousClock.now
    private var coordinator: Coordinator
    private var workbook: Workbook
    private var envelopes: CoordinatorEnvelopes
    private var live: LiveView
    private let door: Door?
    private let desk: PageDesk?
    private let pulse: Pulse?
    private var tick: LoopTimer?
    private var slowTick: LoopTimer?
    private var pending: [CoordinatorEvent] = []
    private var isPerforming = false
    private var downloads: BlobDownloads<BlobInStore>
    private var fetches: [Digest: Fetch] = [:]
    private var drainDeadline: Instant?
    private var lastFlush = Instant(sinceStart: .zero)
    /// Longest time an accepted result waits for its commit.
    private static let commitInterval = Duration.milliseconds(200)
    private var ending: Ending?
    private var result: Result<Ending, any Error>?
    private var ended: CheckedContinuation<Ending, any Error>?
    /// Whether nodes are answered after the end, until `linger` is over.
    private let staysOpen: Bool
    private var isClosed = false
    private var lingerDeadline: Instant?
    private var lingering: CheckedContinuation<Void, Never>?

    private struct Fetch {
        let session: SessionID
        let incarnation: Incarnation
        let task: TaskID
        let policy: PolicyManifest
    }

    init(
        transport: any CoordinatorTransport, coordinator: Coordinator, workbook: Workbook, journal: Journal,
        blobs: BlobStore, live: LiveView, door: Door? = nil, desk: PageDesk? = nil, pulse: Pulse? = nil,
        staysOpen: Bool = false,
        logger: Logger
    ) {
        loop = transport.loop
        self.transport = transport
        self.coordinator = coordinator
        self.workbook = workbook
        self.journal = journal
        self.blobs = blobs
        downloads = BlobDownloads(into: blobs)
        self.live = live
        self.door = door
        self.desk = desk
        self.pulse = pulse
        self.staysOpen = staysOpen
        self.logger = logger
        envelopes = CoordinatorEnvelopes(run: coordinator.plan.run, term: coordinator.term)
    }

    /// Coordinates until the run is complete, halted or drained.
    ///
    /// - Throws: what the disk reports; nothing was sent that is not on disk.
    public func run() async throws -> Ending {
        start()
        return try await withCheckedThrowingContinuation { continuation in
            if let result { continuation.resume(with: result) } else { ended = continuation }
        }
    }

    /// Goes on telling nodes that come late how the run ended, where the service stays open for that. A signal ends it.
    public func linger(for duration: Duration) async {
        guard !isClosed else { return }
        lingerDeadline = now.advanced(by: duration)
        await withCheckedContinuation { lingering = $0 }
    }

    /// Leases nothing more, tells every node to leave, and ends.
    public func drain() {
        if result != nil { return close() }
        guard ending == nil else { return }
        ending = .drained
        drainDeadline = now.advanced(by: .seconds(15))
        handle(.drain)
    }

    /// Committed policies; the index is the version.
    var policies: [PolicyManifest] { coordinator.policies }

    private var now: Instant { Instant(sinceStart: began.duration(to: .now)) }

    private func start() {
        enqueue(coordinator.start(at: now))
        transport.assumeIsolated { transport in
            transport.start { [weak self] session, envelope in
                self?.assumeIsolated { $0.received(session, envelope) }
            }
        }
        tick = loop.every(.milliseconds(50)) { [weak self] in self?.assumeIsolated { $0.ticked() } }
        slowTick = loop.every(.seconds(1)) { [weak self] in
            self?.assumeIsolated {
                $0.watchDoor(isForced: false)
                $0.pulse?.beat()
            }
        }
    }

    private func received(_ session: SessionID, _ envelope: Envelope<NodeMessage>) {
        // No business of the run's: who only looks is no node.
        if case .pageRequest(let request) = envelope.message { return show(request, to: session, envelope.incarnation) }
        live.heard(envelope, from: coordinator.node(of: envelope.incarnation))
        // Whatever a member sends is a sign of life; chunks concern the shell besides.
        handle(.received(session, envelope))
        guard coordinator.isMember(envelope.incarnation) else { return }
        switch envelope.message {
        case .chunkRequest(let request): serve(request, to: session, envelope.incarnation)
        case .chunk(let chunk):
            Failpoint.chunkArrived.reached()
            download { downloads, now throws(RunStoreError) in try downloads.receive(chunk, at: now) }
        default: break
        }
    }

    private func ticked() {
        handle(.tick)
        download { downloads, now throws(RunStoreError) in try downloads.tick(at: now) }
        guard !isClosed else { return }
        do {
            // Accepts share a commit; what is lost in a crash was acknowledged a moment before.
            if lastFlush.duration(to: now) >= Self.commitInterval {
                lastFlush = now
                try journal.flush()
            }
            for line in try live.update(coordinator, journal: journal, at: now) { logger.notice("\(line)") }
        } catch {
            end(.failure(error))
        }
        if let drainDeadline, now >= drainDeadline { finish() }
        if let lingerDeadline, now >= lingerDeadline { close() }
    }

    // MARK: - Keys

    /// Reads the list of keys again, whether it looks changed or not.
    public func reloadKeys() { watchDoor(isForced: true) }

    private func watchDoor(isForced: Bool) {
        guard let door, !isClosed else { return }
        for line in door.look(isForced: isForced) {
            logger.log(level: line.isWarning ? .warning : .notice, "\(line.text)")
        }
        for session in door.expelled { expel(session) }
    }

    /// A node whose key is revoked has left, whatever it thinks: its tasks go elsewhere at once, and its results, as those of
    /// any node that left, have no effect.
    private func expel(_ session: SessionID) {
        for member in coordinator.members where coordinator.session(of: member.incarnation) == session {
            logger.warning("\(member.role) \(member.node) is expelled: its key was revoked")
            handle(
                .received(
                    session,
                    Envelope(
                        run: coordinator.plan.run, term: coordinator.term, incarnation: member.incarnation,
                        sequence: .max, message: .goodbye)))
            // It will try again on a new connection, and be refused there with the reason.
            transport.post(envelopes.wrap(.fenced("its key was revoked"), for: member.incarnation), to: session)
        }
        transport.assumeIsolated { $0.forget(session) }
    }

    // MARK: - Pages

    private func show(_ request: PageRequest, to session: SessionID, _ incarnation: Incarnation) {
        Task { [weak self, desk] in
            let page =
                await desk?.page(for: request) ?? .sentence(request.number, 404, "This coordinator shows no pages.")
            await self?.answer(page, to: session, incarnation)
        }
    }

    private func answer(_ page: Page, to session: SessionID, _ incarnation: Incarnation) {
        guard !isClosed else { return }
        transport.post(
            Envelope(
                run: coordinator.plan.run, term: coordinator.term, incarnation: incarnation, sequence: 0,
                message: .page(page)), to: session)
    }

    // MARK: - Effects

    private func handle(_ event: CoordinatorEvent) {
        guard !isClosed else { return }
        guard !isPerforming else { return pending.append(event) }
        enqueue(coordinator.handle(event, at: now))
    }

    /// Performs effects in order, then the events they led to.
    private func enqueue(_ effects: [CoordinatorEffect]) {
        isPerforming = true
        do {
            for effect in effects { try perform(effect) }
            while !pending.isEmpty {
                for effect in coordinator.handle(pending.removeFirst(), at: now) { try perform(effect) }
            }
        } catch {
            end(.failure(error))
        }
        isPerforming = false
    }

    private func perform(_ effect: CoordinatorEffect) throws {
        switch effect {
        case .send(let session, let incarnation, let message):
            transport.post(envelopes.wrap(message, for: incarnation), to: session)
        case .lease(let session, let incarnation, let grant): try lease(grant, session, incarnation)
        case .journal(let record, let durable):
            workbook.note(record)
            try journal.append(record, durable: durable)
            live.note(record)
            if case .sealed(let sealed) = record { logger.log(sealed, of: coordinator.plan) }
        case .storeTrainingSet(let iteration): try storeTrainingSet(iteration)
        case .fetchPolicy(let session, let incarnation, let task, let policy):
            fetch(policy, for: task, session, incarnation)
        case .note(let notice):
            live.note(notice)
            try journal.note([notice])
            logger.log(notice, of: coordinator.plan.run)
        case .finish(let outcome):
            ending = .finished(outcome)
            drainDeadline = now.advanced(by: .seconds(15))
        case .halt(let halt):
            ending = .halted(halt)
            try journal.flush()
            logger.error("\(halt)")
            coordinator.isLeasingPaused = true
            pending.append(.drain)
            drainDeadline = now.advanced(by: .seconds(15))
        case .drained: finish()
        }
    }

    private func lease(_ grant: Grant, _ session: SessionID, _ incarnation: Incarnation) throws {
        guard let work = try workbook.work(for: grant.attempt.task, in: coordinator) else {
            throw CoordinatorDefect("the input of \(grant.attempt.task) is not there")
        }
        let lease = Lease(
            attempt: grant.attempt, timeToLive: grant.timeToLive, inputDigest: grant.inputDigest, work: work,
            settles: grant.settles)
        transport.post(envelopes.wrap(.lease(lease), for: incarnation), to: session)
    }

    private func storeTrainingSet(_ iteration: UInt32) throws {
        guard let bytes = try workbook.trainingSet(iteration, in: coordinator) else {
            throw CoordinatorDefect("the trajectories of iteration \(iteration) are not all there")
        }
        try blobs.put(bytes)
        pending.append(.trainingSetStored(iteration: iteration, BlobManifest(of: bytes)))
    }

    private func finish() {
        drainDeadline = nil
        do {
            try journal.flush()
            try live.update(coordinator, journal: journal, at: now, force: true)
            let ending = ending ?? .drained
            if staysOpen, ending != .drained { conclude(.success(ending)) } else { end(.success(ending)) }
        } catch {
            end(.failure(error))
        }
    }

    private func end(_ result: Result<Ending, any Error>) {
        close()
        conclude(result)
    }

    private func conclude(_ result: Result<Ending, any Error>) {
        guard self.result == nil else { return }
        self.result = result
        ended?.resume(with: result)
        ended = nil
    }

    private func close() {
        guard !isClosed else { return }
        isClosed = true
        tick = nil
        slowTick = nil
        transport.assumeIsolated { $0.close(linger: .seconds(1)) }
        lingering?.resume()
        lingering = nil
    }

    // MARK: - Blobs

    private func serve(_ request: ChunkRequest, to session: SessionID, _ incarnation: Incarnation) {
        let blob = try? blobs.open(request.blob)
        for chunk in Chunk.answers(to: request, from: blob) {
            Failpoint.chunkLeaving.reached()
            live.sent(weights: chunk.bytes.count)
            transport.post(envelopes.wrap(.chunk(chunk), for: incarnation), to: session)
        }
    }

    private func fetch(_ policy: PolicyManifest, for task: TaskID, _ session: SessionID, _ incarnation: Incarnation) {
        guard let delta = policy.delta else { return pending.append(.policyStored(policy)) }
        // Read whole: a blob that the disk damaged must not count as present.
        if blobs.isSound(delta.digest) { return pending.append(.policyStored(policy)) }
        fetches[delta.digest] = Fetch(session: session, incarnation: incarnation, task: task, policy: policy)
        download { downloads, now throws(RunStoreError) in try downloads.begin(delta, at: now) }
    }

    /// Moves downloads on; a disk that does not take them ends the coordinator.
    private func download(
        _ step: (inout BlobDownloads<BlobInStore>, Instant) throws(RunStoreError) -> [BlobDownloads<BlobInStore>.Action]
    ) {
        guard !isClosed else { return }
        do throws(RunStoreError) {
            for action in try step(&downloads, now) { act(on: action) }
        } catch {
            end(.failure(error))
        }
    }

    private func act(on action: BlobDownloads<BlobInStore>.Action) {
        switch action {
        case .request(let request):
            guard let fetch = fetches[request.blob] else { return }
            let session = coordinator.session(of: fetch.incarnation) ?? fetch.session
            transport.post(envelopes.wrap(.chunkRequest(request), for: fetch.incarnation), to: session)
        case .arrived(let manifest, _):
            guard let fetch = fetches.removeValue(forKey: manifest.digest) else { return }
            handle(.policyStored(fetch.policy))
        case .failed(let manifest, let failure):
            guard let fetch = fetches.removeValue(forKey: manifest.digest) else { return }
            handle(.policyFetchFailed(fetch.session, fetch.task, explanation: failure.description))
        }
    }
}

/// A defect of this program, found before it could do harm.
struct CoordinatorDefect: Error, CustomStringConvertible {
    let description: String

    init(_ what: String) {
        description = "internal defect: \(what); nothing was lost, start the coordinator again with --resume"
    }
}
