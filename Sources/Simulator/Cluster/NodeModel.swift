import Digests
import RolloutCore
import Wire

/// A node: a machine with a clock, and one life of its process after the other.
struct NodeModel {
    /// A task on a slot.
    struct Run {
        var lease: Lease
        var serial: Int
        var began: Nanoseconds
    }

    let index: Int
    let role: Role
    let isStraggler: Bool
    /// Of its monotonic clock, in millionths.
    let drift: Int64
    var worker: Worker?
    /// What its process said of the leases it takes at most.
    var credit = 0
    /// Counts starts and ends, so that what was meant for an earlier process is not taken by a later one.
    var process = 0
    var session = SessionID(rawValue: 0)
    var pausedUntil: Nanoseconds = 0
    var downloads = Downloads()
    var blobs: [Digest: [UInt8]] = [:]
    var base: BaseManifest?
    var hasBase = false
    /// Leases that wait for blobs.
    var waiting: [Lease] = []
    var running: [Attempt: Run] = [:]
    /// Tasks this machine once took for broken.
    var alarmed: Set<TaskID> = []

    init(index: Int, role: Role, isStraggler: Bool, drift: Int64) {
        self.index = index
        self.role = role
        self.isStraggler = isStraggler
        self.drift = drift
    }

    var name: String { "\(role)-\(index)" }
}

// The shell of a node's value, step by step as in `Nodes.NodeService`.
extension Simulation {
    private func localTime(_ index: Int) -> Instant { now.read(drift: nodes[index].drift) }

    func startNode(_ index: Int) {
        let role = nodes[index].role
        let shape = scenario.world.shape
        let slots = role == .learner ? 1 : shape.slots
        let hello = Hello(
            role: role, node: nodes[index].name, softwareVersion: "1", numericFingerprint: Self.fingerprint,
            slots: slots, credit: role == .learner ? 1 : max(slots, shape.credit))
        nodes[index].credit = Int(hello.credit)
        nodes[index].process += 1
        reconnect(index)
        nodes[index].pausedUntil = now
        nodes[index].downloads = Downloads(pace: scenario.pace)
        nodes[index].blobs = [:]
        nodes[index].base = nil
        nodes[index].hasBase = !scenario.nodesPullBase || role == .scorer
        nodes[index].waiting = []
        nodes[index].running = [:]
        nodes[index].worker = Worker(
            hello: hello, incarnation: Incarnation(rawValue: processes.next()), seed: processes.next(),
            mutations: mutations, at: localTime(index))
        trace.line(now, "\(nodes[index].name) starts")
        schedule(.tickNode(index, process: nodes[index].process), in: .milliseconds(100))
        let time = localTime(index)
        if let effects = nodes[index].worker?.start(at: time) { perform(effects, of: index) }
    }

    func stopNode(_ index: Int, restartIn delay: Nanoseconds) {
        nodes[index].worker = nil
        for run in nodes[index].running.values { wasted += now - run.began }
        nodes[index].running = [:]
        nodes[index].process += 1
        reconnect(index)
        schedule(.startNode(index, process: nodes[index].process), in: delay)
    }

    func tickNode(_ index: Int) {
        handle(.tick, at: index)
        let time = localTime(index)
        act(on: nodes[index].downloads.tick(at: time), at: index)
    }

    func handle(_ event: WorkerEvent, at index: Int) {
        let time = localTime(index)
        guard let effects = nodes[index].worker?.handle(event, at: time) else { return }
        perform(effects, of: index)
    }

    func receive(_ delivery: Delivery, at index: Int) {
        guard
            let envelope = decode(delivery, codec.decodeCoordinatorMessage)?
                .withChunks(of: scenario.wire.chunkByteCount)
        else { return }
        trace.line(now, "\(nodes[index].name) ← \(envelope.message.summary)")
        if case .welcome(let welcome) = envelope.message { nodes[index].base = welcome.base }
        handle(.received(envelope), at: index)
    }

    private func perform(_ effects: [WorkerEffect], of index: Int) {
        // One of them may end the process, by way of what it makes happen, and what is left of the others with it.
        let process = nodes[index].process
        for effect in effects where nodes[index].process == process {
            switch effect {
            case .send(let envelope): send(envelope, from: index)
            case .start(let lease):
                let slots = nodes[index].role == .learner ? 1 : Int(scenario.world.shape.slots)
                if nodes[index].running.count + nodes[index].waiting.count >= slots {
                    witness.broke(.withinBounds, "\(nodes[index].name) runs more tasks than it has slots")
                }
                prepare(lease, at: index)
            case .stop(let attempt):
                nodes[index].waiting.removeAll { $0.attempt == attempt }
                if let run = nodes[index].running.removeValue(forKey: attempt) { wasted += now - run.began }
            case .suspend(let attempt):
                // What has not begun is put off, and by learners what has; now and then it is done before they look.
                let hasBegun = nodes[index].running[attempt] != nil
                guard !hasBegun || nodes[index].role == .learner && processes.happens(0.8) else { continue }
                nodes[index].waiting.removeAll { $0.attempt == attempt }
                if let run = nodes[index].running.removeValue(forKey: attempt) { wasted += now - run.began }
                handle(.handedBack(attempt), at: index)
            case .deliver(let message): deliver(message, at: index)
            case .reconnect:
                coverage.count("node fenced as another incarnation")
                reconnect(index)
            case .exit(let reason):
                trace.line(now, "\(nodes[index].name) exits: \(reason)")
                if case .silent = reason { coverage.count("node exited in silence") }
                stopNode(index, restartIn: .seconds(1))
                return
            case .note(let notice): note(notice, of: index)
            }
        }
    }

    private func note(_ notice: WorkerNotice, of index: Int) {
        trace.line(now, "  \(nodes[index].name): \(notice)")
        switch notice {
        case .rejoining: coverage.count("node rejoined a new term")
        case .stoppedInSilence: coverage.count("work stopped in silence")
        case .paused: coverage.count("pause noticed")
        default: break
        }
    }

    func send(_ envelope: Envelope<NodeMessage>, from index: Int) {
        if case .heartbeat(let heartbeat) = envelope.message {
            if heartbeat.held.count > nodes[index].credit {
                witness.broke(.withinBounds, "\(nodes[index].name) holds more leases than its credit")
            }
        }
        do {
            let frame = try codec.encode(envelope)
            listener?(frame)
            if case .result = envelope.message { overheard = frame }
            let payload = scenario.load?.payload(of: envelope.message) ?? 0
            for delivery in deliveries(of: frame, carrying: payload, on: index, .toCoordinator) {
                agenda.add(.toCoordinator(nodes[index].session, delivery), at: delivery.time)
            }
        } catch {
            witness.broke(.withinBounds, "a message cannot be encoded: \(error)")
        }
    }

    // MARK: - Tasks

    private func prepare(_ lease: Lease, at index: Int) {
        guard let missing = missing(for: lease, at: index) else {
            return handle(.failed(lease.attempt, .system, explanation: "the base is not named"), at: index)
        }
        if missing.isEmpty {
            start(lease, at: index)
        } else {
            nodes[index].waiting.append(lease)
            let time = localTime(index)
            for manifest in missing { act(on: nodes[index].downloads.begin(manifest, at: time), at: index) }
        }
    }

    /// Blobs the lease needs that are not here; `nil` when the base is not known.
    private func missing(for lease: Lease, at index: Int) -> [BlobManifest]? {
        var needed: [BlobManifest] = []
        if !nodes[index].hasBase {
            guard let base = nodes[index].base else { return nil }
            needed.append(base.blob)
        }
        switch lease.work {
        case .sample(let work): needed += [work.policy.delta].compactMap { $0 }
        case .score, .rationale: break
        case .train(let work): needed += [work.start.delta, work.trainingSet].compactMap { $0 }
        }
        return needed.filter { nodes[index].blobs[$0.digest] == nil }
    }

    private func start(_ lease: Lease, at index: Int) {
        serial += 1
        nodes[index].running[lease.attempt] = NodeModel.Run(lease: lease, serial: serial, began: now)
        var time =
            scenario.load?.time(of: lease.attempt.task)
            ?? .milliseconds(work.whole(50...1500)) * (lease.attempt.task.kind == .train ? 4 : 1)
        if nodes[index].isStraggler, isFaulty {
            coverage.faults[.straggler, default: 0] += 1
            time *= 20
        }
        let happening = Happening.computed(
            node: index, process: nodes[index].process, lease.attempt, serial: serial)
        // A straggler that is none any more does the rest of its work at its usual speed.
        schedule(happening, in: now < faults.end ? min(time, faults.end - now + time / 20) : time)
    }

    /// A node takes a task for broken once. A score task is given up after two failures, whatever is said (a reward's program
    /// says something else each time), so only one node of all takes it for broken.
    private func raisesAlarm(_ task: TaskID, at index: Int) -> Bool {
        if task.kind == .score, nodes.contains(where: { $0.alarmed.contains(task) }) { return false }
        return nodes[index].alarmed.insert(task).inserted
    }

    func computed(_ attempt: Attempt, at index: Int) {
        guard let run = nodes[index].running.removeValue(forKey: attempt) else { return }
        useful[nodes[index].role, default: 0] += now - run.began
        if isFaulty, faults.falseAlarm > 0, work.happens(faults.falseAlarm), raisesAlarm(attempt.task, at: index) {
            coverage.faults[.falseAlarm, default: 0] += 1
            let sentence = "\(nodes[index].name) trapped at \(attempt.task)"
            return handle(.failed(attempt, .deterministic, explanation: sentence), at: index)
        }
        if isFaulty, faults.systemFailure > 0, work.happens(faults.systemFailure) {
            coverage.faults[.systemFailure, default: 0] += 1
            return handle(.failed(attempt, .system, explanation: "out of memory"), at: index)
        }
        var materials = ToyTasks.Materials(
            blobs: nodes[index].blobs, chunkByteCount: scenario.wire.chunkByteCount,
            hasBadInputs: scenario.load == nil)
        if mutations.active == .drawsByAttempt { materials.impurity = UInt64(attempt.attempt - 1) }
        if scenario.plan.recordedOnly.contains(attempt.task.kind) { materials.whim = work.next() }
        let (answer, delta) = recordings?.answer(to: attempt.task) ?? ToyTasks.run(run.lease, materials)
        if let delta { nodes[index].blobs[Digest.of(delta)] = delta }
        switch answer {
        case .output(let output): handle(.completed(attempt, output, computeTime: .seconds(1)), at: index)
        case .deterministic(let sentence):
            handle(.failed(attempt, .deterministic, explanation: sentence), at: index)
        case .system(let sentence): handle(.failed(attempt, .system, explanation: sentence), at: index)
        }
    }

    // MARK: - Blobs

    private func deliver(_ message: CoordinatorMessage, at index: Int) {
        let time = localTime(index)
        switch message {
        case .chunk(let chunk): act(on: nodes[index].downloads.receive(chunk, at: time), at: index)
        case .chunkRequest(let request):
            let size = scenario.wire.chunkByteCount
            for chunk in Chunk.answers(to: request, from: nodes[index].blobs[request.blob], chunkByteCount: size) {
                if let envelope = nodes[index].worker?.envelope(.chunk(chunk)) { send(envelope, from: index) }
            }
        default: break
        }
    }

    private func act(on actions: [Downloads.Action], at index: Int) {
        for action in actions {
            switch action {
            case .request(let request):
                if let envelope = nodes[index].worker?.envelope(.chunkRequest(request)) { send(envelope, from: index) }
            case .arrived(let manifest, let bytes):
                if manifest == nodes[index].base?.blob { nodes[index].hasBase = true }
                nodes[index].blobs[manifest.digest] = bytes
                let leases = nodes[index].waiting
                nodes[index].waiting = []
                for lease in leases { prepare(lease, at: index) }
            case .failed(let manifest, let failure): failed(manifest, failure, at: index)
            }
        }
    }

    private func failed(_ manifest: BlobManifest, _ failure: BlobDownload.Failure, at index: Int) {
        let leases = nodes[index].waiting
        nodes[index].waiting = []
        for lease in leases {
            if missing(for: lease, at: index)?.contains(manifest) ?? true {
                let sentence = "blob \(manifest.digest.short) could not be pulled: \(failure)"
                handle(.failed(lease.attempt, .system, explanation: sentence), at: index)
            } else {
                nodes[index].waiting.append(lease)
            }
        }
    }
}
