import Digests
import RolloutCore
import Wire

// How the events of a fault plan strike, and how everything heals.
extension Simulation {
    func strike(_ event: FaultEvent) {
        guard isFaulty else { return }
        coverage.faults[event.faultClass, default: 0] += 1
        trace.line(now, "fault: \(event.faultClass.rawValue) \(event.kind)")
        trace.mix(UInt64(now), UInt64(event.faultClass.position))
        switch event.kind {
        case .clog(let node, let span):
            if links[node].cloggedUntil < now { links[node].heldBytes = 0 }
            links[node].cloggedUntil = max(links[node].cloggedUntil, min(now + span, faults.end))
        case .partition(let nodes, let outward, let inward, let span):
            for node in nodes {
                if outward { links[node].cutToCoordinatorUntil = min(now + span, faults.end) }
                if inward { links[node].cutToNodeUntil = min(now + span, faults.end) }
            }
        case .reset(let node): reconnect(node)
        case .nodeCrash(let node):
            if nodes[node].worker != nil {
                stopNode(node, restartIn: faults.restart ?? .milliseconds(damage.whole(100...4000)))
            }
        case .nodePause(let node, let span): nodes[node].pausedUntil = min(now + span, faults.end)
        case .nodeDrain(let node):
            if nodes[node].worker != nil, nodes[node].pausedUntil <= now { handle(.drain, at: node) }
        case .coordinatorCrash:
            let delay = Int(damage.whole(-3...5))
            if delay < 0 { crashNow() } else { effectsLeft = delay }
        case .boundaryCrash(let boundary): armedBoundary = boundary
        case .coordinatorPause(let span): coordinatorPausedUntil = min(now + span, faults.end)
        case .diskFull(let span): diskFullUntil = min(now + span, faults.end)
        case .syncError: disk.failsNextSync = true
        case .rotRecord(let seed):
            var random = SplitMix(seed: seed)
            disk.rotRecord(&random)
        case .rotBlob(let seed):
            var random = SplitMix(seed: seed)
            disk.rotBlob(&random)
        case .wallClockJump(let jump): wallClockOffset += jump
        case .stranger(let seed): receiveStranger(seed)
        }
    }

    /// Faults are over: whatever is broken is mended, and nothing breaks any more.
    func heal() {
        trace.line(now, "no more faults")
        armedBoundary = nil
        effectsLeft = nil
        disk.failsNextSync = false
        disk.isFull = false
        disk.restore()
        for index in links.indices {
            links[index].cloggedUntil = min(links[index].cloggedUntil, now)
            links[index].heldBytes = 0
        }
    }

    /// Something reaches the coordinator's port that no node of the run sent.
    private func receiveStranger(_ seed: UInt64) {
        guard coordinator != nil, coordinatorPausedUntil <= now else { return }
        var random = SplitMix(seed: seed)
        let session = newSession()
        guard let frame = strangeFrame(&random) else { return }
        receive(Delivery(time: now, frame: frame), on: session)
    }

    private func strangeFrame(_ random: inout SplitMix) -> [UInt8]? {
        var hello = Hello(
            role: .sampler, node: "stranger", softwareVersion: "1", numericFingerprint: Self.fingerprint, slots: 1,
            credit: 1)
        var run = scenario.plan.run
        switch random.index(6) {
        case 0: return (0..<random.index(200)).map { _ in UInt8(truncatingIfNeeded: random.next()) }
        case 1: return overheard
        case 2: run = Digest.of("another run")
        case 3: hello.softwareVersion = "2"
        case 4: hello.numericFingerprint = Digest.of("other arithmetic")
        default: return forgedResult(&random)
        }
        return try? codec.encode(
            Envelope<NodeMessage>(
                run: run, term: Term(rawValue: 0), incarnation: Incarnation(rawValue: random.next()), sequence: 1,
                message: .hello(hello)))
    }

    /// A result whose digest is not that of its output, from a node with a fault of its own.
    private func forgedResult(_ random: inout SplitMix) -> [UInt8]? {
        guard let core = coordinator?.core else { return nil }
        let holders = core.members.filter { $0.role == .scorer && !core.leases(of: $0.incarnation).isEmpty }
        guard !holders.isEmpty else { return nil }
        let holder = random.pick(holders)
        let attempt = random.pick(core.leases(of: holder.incarnation))
        guard let input = core.input(of: attempt.task) else { return nil }
        let result = TaskResult(
            attempt: attempt, inputDigest: input, resultDigest: Digest.of("forged"), output: .score([]),
            computeTime: .zero)
        return try? codec.encode(
            Envelope<NodeMessage>(
                run: scenario.plan.run, term: core.term, incarnation: holder.incarnation, sequence: 1 << 40,
                message: .result(result)))
    }
}
