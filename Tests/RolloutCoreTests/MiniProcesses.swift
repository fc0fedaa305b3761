import Digests

@testable import RolloutCore

// The processes of the mini cluster: shells around the two values, and their deaths.
extension MiniCluster {
    static let fingerprint = Digest.of("arithmetic")

    // MARK: - Coordinator

    func startCoordinator() {
        life += 1
        let terms = journal.compactMap { record -> UInt64? in
            if case .termStarted(let term) = record { term.rawValue } else { nil }
        }
        let term = Term(rawValue: (terms.max() ?? 0) + 1)
        let base = BaseManifest(weights: plan.base, blob: BlobManifest(of: [1, 2, 3]))
        do {
            var started = try Coordinator(
                plan: plan, term: term, timers: Timers(), base: base, softwareVersion: "1",
                numericFingerprint: Self.fingerprint, seed: random.next(), recovered: journal)
            for policy in started.policies {
                if let delta = policy.delta, !blobs.contains(delta.digest) { started.lost(policy: policy.version) }
            }
            envelopes = CoordinatorEnvelopes(run: plan.run, term: term)
            accepted = [:]
            for case .accepted(let result) in journal { accepted[result.attempt.task] = result.output }
            let effects = started.start(at: now)
            coordinator = started
            for index in nodes.indices where nodes[index].worker != nil { nodes[index].session = newSession() }
            perform(effects)
        } catch {
            troubles.append("recovery: \(error)")
            isDrained = true
        }
    }

    func coordinate(_ event: CoordinatorEvent) {
        guard let effects = coordinator?.handle(event, at: now) else { return }
        perform(effects)
    }

    private func perform(_ effects: [CoordinatorEffect]) {
        for effect in effects {
            perform(effect)
            if strikes(faults.crash / 500) {
                crash()
                return
            }
        }
    }

    private func perform(_ effect: CoordinatorEffect) {
        switch effect {
        case .send(let session, let incarnation, let message):
            transmit(.toNode(session, envelopes.wrap(message, for: incarnation)))
        case .lease(let session, let incarnation, let grant):
            guard let coordinator,
                let work = FakeTasks.work(for: grant.attempt.task, coordinator: coordinator, accepted: accepted)
            else {
                troubles.append("no input for \(grant.attempt.task)")
                return
            }
            let lease = Lease(
                attempt: grant.attempt, timeToLive: grant.timeToLive, inputDigest: grant.inputDigest, work: work,
                settles: grant.settles)
            transmit(.toNode(session, envelopes.wrap(.lease(lease), for: incarnation)))
        case .journal(let record, let isDurable):
            journal.append(record)
            if isDurable { durable = journal.count }
            switch record {
            case .accepted, .nullResult: break
            default: if !isDurable { troubles.append("not durable: \(record)") }
            }
            if case .accepted(let result) = record { accepted[result.attempt.task] = result.output }
        case .storeTrainingSet(let iteration):
            guard let coordinator else { return }
            let manifest = FakeTasks.trainingSet(iteration, sealed: coordinator.sealedIterations)
            schedule(.shell(life: life, .trainingSetStored(iteration: iteration, manifest)), in: .milliseconds(50))
        case .fetchPolicy(let session, _, let task, let policy):
            fetch(policy, task, from: session)
        case .note: break
        case .finish(let outcome): self.outcome = outcome
        case .halt(let halt): self.halt = halt
        case .drained:
            isDrained = true
        }
    }

    private func fetch(_ policy: PolicyManifest, _ task: TaskID, from session: SessionID) {
        let isHeld = policy.delta.map { blobs.contains($0.digest) } ?? true
        let hasSource = nodes.contains { $0.session == session && $0.worker != nil }
        if isHeld || (hasSource && !strikes(faults.fetchFailure)) {
            if let delta = policy.delta { blobs.insert(delta.digest) }
            schedule(.shell(life: life, .policyStored(policy)), in: .milliseconds(300))
        } else {
            let failure = CoordinatorEvent.policyFetchFailed(session, task, explanation: "no answer")
            schedule(.shell(life: life, failure), in: .milliseconds(900))
        }
    }

    func crash() {
        guard coordinator != nil else { return }
        coordinator = nil
        life += 1
        journal.removeLast(journal.count - Int.random(in: durable...journal.count, using: &random))
        durable = journal.count
        schedule(.startCoordinator, in: .milliseconds(Int.random(in: 10...9000, using: &random)))
    }

    // MARK: - Nodes

    func startNode(_ index: Int) {
        let role = nodes[index].role
        let hello = Hello(
            role: role, node: "\(role)-\(index)", softwareVersion: "1", numericFingerprint: Self.fingerprint,
            slots: 1, credit: role == .learner ? 1 : 3)
        nodes[index].process += 1
        nodes[index].session = newSession()
        nodes[index].pausedUntil = now
        var worker = Worker(
            hello: hello, incarnation: Incarnation(rawValue: random.next()), seed: random.next(), at: now)
        let effects = worker.start(at: now)
        nodes[index].worker = worker
        perform(effects, of: index)
    }

    func kill(_ index: Int) {
        guard nodes[index].worker != nil else { return }
        stopProcess(index)
        schedule(.startNode(index), in: .milliseconds(Int.random(in: 100...4000, using: &random)))
    }

    private func stopProcess(_ index: Int) {
        nodes[index].worker = nil
        nodes[index].process += 1
        nodes[index].session = newSession()
    }

    func work(_ index: Int, _ event: WorkerEvent) {
        guard let effects = nodes[index].worker?.handle(event, at: now) else { return }
        perform(effects, of: index)
    }

    private func perform(_ effects: [WorkerEffect], of index: Int) {
        for effect in effects {
            switch effect {
            case .send(let envelope):
                transmit(.toCoordinator(nodes[index].session, envelope))
            case .start(let lease):
                let time = Int.random(in: 50...1500, using: &random) * (lease.attempt.task.kind == .train ? 4 : 1)
                schedule(.computed(node: index, process: nodes[index].process, lease), in: .milliseconds(time))
            case .reconnect:
                nodes[index].session = newSession()
            case .exit(let reason):
                stopProcess(index)
                if !reason.isClean { schedule(.startNode(index), in: .seconds(1)) }
            case .stop, .suspend, .deliver, .note: break
            }
        }
    }
}
