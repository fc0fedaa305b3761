import Digests
import Glibc
import RolloutCore
import Wire

/// One life of the coordinator's process.
struct CoordinatorModel {
    struct Fetch {
        let session: SessionID
        let incarnation: Incarnation
        let task: TaskID
        let policy: PolicyManifest
    }

    var core: Coordinator
    var envelopes: CoordinatorEnvelopes
    var workbook: ToyWorkbook
    /// Records that wait for a commit.
    var waiting: [Record] = []
    /// Everything recorded, committed or not.
    var lineage: [Record]
    var downloads: Downloads
    var fetches: [Digest: Fetch] = [:]
    var pending: [CoordinatorEvent] = []
    var lastCommit: Nanoseconds
    var drainDeadline: Nanoseconds?
    var isHalted = false
}

extension CoordinatorModel {
    mutating func take(
        _ step: (inout Coordinator, Instant) -> [CoordinatorEffect], at now: Instant
    ) -> [CoordinatorEffect] {
        step(&core, now)
    }

    /// Reads in place: what only reads would copy all of it first.
    mutating func read<Value>(_ body: (borrowing Coordinator) -> Value) -> Value { body(core) }

    func work(for task: TaskID) -> TaskWork? { workbook.work(for: task, in: core) }

    func trainingSet(_ iteration: UInt32) -> [UInt8]? { workbook.trainingSet(iteration, in: core) }
}

/// Why the coordinator's process stopped in the middle of its work.
enum Interruption: Error {
    /// It died.
    case crashed
    /// The disk did not take a write: the process ends, and nothing was sent that is not on disk.
    case disk(DiskError)
    /// It is done.
    case ended
}

// The shell of the coordinator's value, step by step as in `Nodes.CoordinatorService` and `RunStore.Journal`.
extension Simulation {
    /// What the coordinator's clock shows. Values are read in place: a copy of the coordinator would make its next step
    /// copy every table.
    var coordinatorTime: Instant {
        let time = mutations.active == .readsWallClock ? now + wallClockOffset : now
        return time.read(drift: faults.has(.clockDrift) ? Int64(scenario.seed % 20_001) - 10_000 : 0)
    }

    // MARK: - Events

    func coordinate(_ event: CoordinatorEvent) {
        coordinate { core, now in core.handle(event, at: now) }
    }

    func coordinate(_ step: (inout Coordinator, Instant) -> [CoordinatorEffect]) {
        guard coordinator != nil else { return }
        let time = coordinatorTime
        witness.leases.passed(to: time, pauseLimit: scenario.timers.heartbeat * 2)
        guard let effects = coordinator?.take(step, at: time) else { return }
        do throws(Interruption) {
            try perform(effects)
            while let event = nextPending() {
                guard let effects = coordinator?.core.handle(event, at: time) else { return }
                try perform(effects)
            }
        } catch {
            interrupt(error)
        }
    }

    private func nextPending() -> CoordinatorEvent? {
        guard coordinator?.pending.isEmpty == false else { return nil }
        return coordinator?.pending.removeFirst()
    }

    func tickCoordinator() {
        coordinate(.tick)
        guard let lastCommit = coordinator?.lastCommit else { return }
        let time = coordinatorTime
        do throws(Interruption) {
            if let actions = coordinator?.downloads.tick(at: time) { try act(on: actions) }
            if now - lastCommit >= .seconds(1) {
                coordinator?.lastCommit = now
                try commit()
                audit()
            }
            if let deadline = coordinator?.drainDeadline, now >= deadline { try finish() }
        } catch {
            interrupt(error)
        }
        drainPending()
    }

    /// Downloads may have led to events outside of an effect.
    private func drainPending() {
        while let event = nextPending() { coordinate(event) }
    }

    func receive(_ delivery: Delivery, on session: SessionID) {
        // A processor's clock costs as much as a message: one in sixteen is measured.
        received += 1
        let isMeasured = scenario.load != nil && received % 16 == 0
        let began = isMeasured ? clock() : 0
        defer { if isMeasured { coordinatorProcessorTime += 16 * Double(clock() - began) / 1e6 } }
        guard let envelope = decode(delivery, codec.decodeNodeMessage)?.withChunks(of: scenario.wire.chunkByteCount)
        else { return }
        trace.line(now, "coordinator ← \(envelope.message.summary) of \(envelope.incarnation.rawValue % 10000)")
        guard let wasMember = coordinator?.read({ $0.isMember(envelope.incarnation) }) else { return }
        observe(envelope, wasMember: wasMember, session)
        guard coordinator?.read({ $0.isMember(envelope.incarnation) }) == true else { return }
        let time = coordinatorTime
        do throws(Interruption) {
            switch envelope.message {
            case .chunkRequest(let request): serve(request, to: session, envelope.incarnation)
            case .chunk(let chunk):
                if let actions = coordinator?.downloads.receive(chunk, at: time) { try act(on: actions) }
            default: break
            }
        } catch {
            interrupt(error)
        }
        drainPending()
    }

    /// Handles a message and lets the witness compare what came of it.
    private func observe(_ envelope: Envelope<NodeMessage>, wasMember: Bool, _ session: SessionID) {
        coordinate { core, now in
            let effects = core.handle(.received(session, envelope), at: now)
            let incarnation = envelope.incarnation
            switch envelope.message {
            case .hello(let hello):
                if core.isMember(incarnation) { witness.leases.joined(incarnation, credit: hello.credit) }
                if nodes.count < 64 { witness.members(core.members) }
            case .heartbeat(let heartbeat) where wasMember && envelope.term == core.term:
                let overdue = witness.leases.heard(
                    heartbeat, sequence: envelope.sequence, from: incarnation, leases: core.leases(of: incarnation),
                    at: now)
                if let overdue {
                    witness.broke(.leaseIsReported, "\(overdue.task) is still leased after two heartbeats without it")
                }
            case .result(let result) where witness.isOtherAnswer(result): coverage.count("another answer ignored")
            default: if !wasMember { witness.handledOutsider(effects) }
            }
            return effects
        }
    }

    /// Looks at the books once a second.
    private func audit() {
        guard let model = coordinator else { return }
        let limit = scenario.timers.lease + .milliseconds(500)
        for member in model.core.members {
            let outlived = witness.leases.outlived(
                member.incarnation, leases: model.core.leases(of: member.incarnation), limit: limit,
                at: coordinatorTime)
            if let outlived { witness.broke(.leaseIsReported, "\(outlived.task) is leased and was not renewed") }
        }
        witness.compare(model.core.counters)
    }

    // MARK: - Effects

    private func perform(_ effects: [CoordinatorEffect]) throws(Interruption) {
        for effect in effects {
            try perform(effect)
            if let left = effectsLeft {
                effectsLeft = left - 1
                if left <= 0 {
                    effectsLeft = nil
                    throw .crashed
                }
            }
        }
        if let attempt = witness.leases.takeUnexplained() {
            witness.broke(.attemptsAreCounted, "\(attempt.task) is leased twice, and no loss was counted")
        }
    }

    private func perform(_ effect: CoordinatorEffect) throws(Interruption) {
        switch effect {
        case .send(let session, let incarnation, let message):
            if case .resultAck(let ack) = message {
                witness.acknowledging(ack, hasEnded: coordinator?.read { $0.hasEnded(ack.task) } ?? false)
            }
            send(message, to: session, incarnation)
        case .lease(let session, let incarnation, let grant): try lease(grant, session, incarnation)
        case .journal(let record, let isDurable): try self.record(record, isDurable: isDurable)
        case .storeTrainingSet(let iteration): try storeTrainingSet(iteration)
        case .fetchPolicy(let session, let incarnation, let task, let policy):
            try fetch(policy, for: task, session, incarnation)
        case .note(let notice):
            trace.line(now, "  \(notice)")
            if let fault = witness.leases.noted(notice) { witness.broke(.attemptsAreCounted, fault) }
        case .finish(let outcome):
            self.outcome = outcome
            coordinator?.drainDeadline = now + .seconds(15)
        case .halt(let halt): try self.halt(halt)
        case .drained: try finish()
        }
    }

    func send(_ message: CoordinatorMessage, to session: SessionID, _ incarnation: Incarnation) {
        guard let envelope = coordinator?.envelopes.wrap(message, for: incarnation) else { return }
        witness.sending(message, disk: disk)
        guard let index = sessions[session] else { return }
        do {
            let frame = try codec.encode(envelope)
            listener?(frame)
            let payload = scenario.load?.payload(of: message) ?? 0
            for delivery in deliveries(of: frame, carrying: payload, on: index, .toNode) {
                agenda.add(.toNode(index, session, delivery), at: delivery.time)
            }
        } catch {
            witness.broke(.withinBounds, "a message cannot be encoded: \(error)")
        }
    }

    private func lease(_ grant: Grant, _ session: SessionID, _ incarnation: Incarnation) throws(Interruption) {
        leaseCount += 1
        leasedTasks.insert(grant.attempt.task)
        witness.leases.granted(grant.attempt, to: incarnation, at: coordinatorTime)
        let count = coordinator?.read { $0.leases(of: incarnation).count } ?? 0
        if !witness.leases.isWithinCredit(incarnation, count) {
            witness.broke(.withinBounds, "a node holds \(count) leases, which is more than its credit")
        }
        guard let work = coordinator?.work(for: grant.attempt.task) else {
            return witness.broke(.journalIsState, "the input of \(grant.attempt.task) is not there")
        }
        let lease = Lease(
            attempt: grant.attempt, timeToLive: grant.timeToLive, inputDigest: grant.inputDigest, work: work,
            settles: grant.settles)
        send(.lease(lease), to: session, incarnation)
    }

    private func storeTrainingSet(_ iteration: UInt32) throws(Interruption) {
        guard let bytes = coordinator?.trainingSet(iteration) else {
            return witness.broke(.journalIsState, "the trajectories of iteration \(iteration) are not all there")
        }
        try put(bytes)
        let manifest = BlobManifest(of: bytes, chunkByteCount: scenario.wire.chunkByteCount)
        coordinator?.pending.append(.trainingSetStored(iteration: iteration, manifest))
    }

    private func halt(_ halt: Halt) throws(Interruption) {
        trace.line(now, "halted: \(halt)")
        switch halt {
        case .quarantined:
            coverage.count("quarantined, resumed by a person")
            if !isFaulty, now > faults.end + .seconds(30) {
                witness.broke(.endsAfterFaults, "a task is quarantined though nothing goes wrong")
            }
        case .determinismViolation(let task, _, _, _):
            witness.broke(.sameInputSameResult, "\(task) gave two results")
        case .nothingSelected where !scenario.plan.recordedOnly.isEmpty:
            // Programs that answer as they like may answer nothing of use.
            try commit()
            nothingLearned = halt
            learnAgain()
            isOver = true
            throw .ended
        case .nothingSelected, .trainingFailed:
            witness.broke(.finalDigest, "halted: \(halt)")
        }
        coordinator?.isHalted = true
        try commit()
        coordinator?.core.isLeasingPaused = true
        coordinator?.pending.append(.drain)
        coordinator?.drainDeadline = now + .seconds(15)
    }

    /// The process ends as it should.
    private func finish() throws(Interruption) {
        try commit()
        throw .ended
    }
}
