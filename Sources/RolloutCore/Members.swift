// Messages and silence of nodes: who joins, who stays, who goes.
extension Coordinator {
    mutating func receive(_ envelope: Envelope<NodeMessage>, on session: SessionID, at now: Instant) {
        if case .hello(let hello) = envelope.message {
            receive(hello, in: envelope, on: session, at: now)
            return
        }
        switch membership.admit(envelope, now: now) {
        case .ignored(let reason):
            counters.infrastructure.stale += 1
            note(.staleMessage(session, reason))
        case .fenced(let reason):
            if envelope.message != .goodbye { fence(envelope.incarnation, on: session, reason) }
        case .member(var member):
            if case .heartbeat = envelope.message,
                let moved = membership.move(member.incarnation, to: session, sequence: envelope.sequence)
            {
                member = moved
                follow(member)
            }
            receive(envelope, from: member, at: now)
        }
    }

    private mutating func receive(_ envelope: Envelope<NodeMessage>, from member: Member, at now: Instant) {
        switch envelope.message {
        case .hello, .chunkRequest, .chunk, .pageRequest: break
        case .heartbeat(let heartbeat): receive(heartbeat, from: member, sequence: envelope.sequence, at: now)
        case .result(let result): receive(result, from: member, at: now)
        case .failure(let failure): receive(failure, from: member, at: now)
        case .progress(let progress): note(.trainProgress(progress))
        case .release(let attempts):
            for attempt in attempts where leases.of(member.incarnation).contains(where: { $0.attempt == attempt }) {
                counters.infrastructure.released += 1
                note(.released(attempt, node: member.node))
                lose(attempt, of: member.incarnation, .released, at: now)
            }
            // Who hands leases back takes none before it says so.
            membership[member.incarnation]?.credit = min(
                member.credit, leases.of(member.incarnation).count + member.strays)
        case .goodbye:
            membership.remove(member.incarnation)
            for lease in leases.of(member.incarnation) {
                counters.infrastructure.released += 1
                note(.released(lease.attempt, node: member.node))
                lose(lease.attempt, of: member.incarnation, .released, at: now)
            }
            note(.nodeLeft(member.session, node: member.node, member.role))
        }
    }

    private mutating func receive(
        _ hello: Hello, in envelope: Envelope<NodeMessage>, on session: SessionID, at now: Instant
    ) {
        if isDraining, membership[envelope.incarnation] == nil {
            reject(Rejection(reason: .finished, explanation: farewell), envelope.incarnation, on: session)
            return
        }
        switch membership.hello(hello, session: session, envelope: envelope, now: now) {
        case .reject(let rejection):
            reject(rejection, envelope.incarnation, on: session)
        case .fenced(let reason):
            fence(envelope.incarnation, on: session, reason)
        case .ignored(let reason):
            counters.infrastructure.stale += 1
            note(.staleMessage(session, reason))
        case .joined(let member, let old):
            if let old { dismiss(old, at: now, counting: \.replaced) }
            note(.nodeJoined(session, node: member.node, member.role, slots: UInt32(member.slots)))
            welcome(member)
        case .repeated(let member, let moved):
            welcome(member)
            if moved { follow(member) }
        }
    }

    /// What is fetched from a member that has moved is fetched from where it is now.
    private mutating func follow(_ member: Member) {
        guard var fetch, fetch.incarnation == member.incarnation else { return }
        fetch.session = member.session
        start(fetch)
    }

    private var farewell: String {
        if schedule.outcome != nil { return "the run is finished" }
        return halted == nil ? "the coordinator is stopping" : "the run has stopped until a person looks after it"
    }

    private mutating func welcome(_ member: Member) {
        send(.welcome(Welcome(timers: timers, base: base)), to: member)
        if member.role == .sampler, let latest = schedule.policies.last { send(.policy(latest), to: member) }
        if isDraining { send(.drain, to: member) }
    }

    private mutating func reject(_ rejection: Rejection, _ incarnation: Incarnation, on session: SessionID) {
        counters.infrastructure.rejected += 1
        note(.nodeRejected(session, rejection))
        effects.append(.send(session, incarnation, .reject(rejection)))
    }

    private mutating func fence(_ incarnation: Incarnation, on session: SessionID, _ reason: String) {
        counters.infrastructure.fenced += 1
        note(.fenced(session, incarnation))
        effects.append(.send(session, incarnation, .fenced(reason)))
    }

    private mutating func receive(_ heartbeat: Heartbeat, from member: Member, sequence: UInt64, at now: Instant) {
        send(.heartbeatAck, to: member)
        if isDraining { send(.drain, to: member) }
        // A delayed or repeated heartbeat proves life and nothing else.
        guard sequence > member.heartbeatSequence else { return }
        let report = leases.report(heartbeat.held, by: member.incarnation, until: now.advanced(by: timers.lease))
        for lease in report.missing {
            counters.infrastructure.notReported += 1
            note(.leaseNotReported(lease.attempt, node: member.node))
            tasks.lose(lease.attempt, .lost, at: now, backoff: backoff, jitter: &jitter)
        }
        var unwanted: [Attempt] = []
        var strays = 0
        for attempt in report.strays {
            switch tasks[attempt.task]?.state {
            case .pending where attempt.task.kind.role == member.role && tasks.adopt(attempt, by: member.incarnation):
                counters.infrastructure.adopted += 1
                note(.adopted(attempt, node: member.node))
                leases.grant(attempt, to: member.incarnation, at: now, for: timers.lease, isReported: true)
            case .pending, .leased:
                strays += 1
            case .done, .null, .quarantined, nil:
                strays += 1
                unwanted.append(attempt)
            }
        }
        if !unwanted.isEmpty { send(.cancel(unwanted), to: member) }
        guard var current = membership[member.incarnation] else { return }
        current.heartbeatSequence = sequence
        current.strays = strays
        current.credit = heartbeat.held.count + min(Int(heartbeat.credit), Int(Membership.creditLimit))
        membership[member.incarnation] = current
    }

    // MARK: - Silence

    mutating func expire(at now: Instant) {
        if mutations.has(.keepsLeases) { return }
        for member in membership.silent(for: timers.lease, at: now) {
            membership.remove(member.incarnation)
            dismiss(member, at: now, counting: \.expired)
        }
        for member in membership.all {
            for lease in leases.expired(of: member.incarnation, at: now) {
                counters.infrastructure.expired += 1
                note(.leaseExpired(lease.attempt, node: member.node))
                tasks.lose(lease.attempt, .lost, at: now, backoff: backoff, jitter: &jitter)
            }
        }
    }

    /// A member that died or fell silent loses its leases. The oldest ones, as many as it has slots, were running and may
    /// have been what killed it.
    private mutating func dismiss(
        _ member: Member, at now: Instant, counting counter: WritableKeyPath<Counters.Infrastructure, Int>
    ) {
        let lost = leases.endAll(of: member.incarnation)
        note(.nodeLost(member.session, node: member.node, member.role, held: lost.count))
        for (index, lease) in lost.enumerated() {
            counters.infrastructure[keyPath: counter] += 1
            note(.leaseExpired(lease.attempt, node: member.node))
            let suspicion = "\(lease.attempt.task) was running on \(member.node) when the node was lost"
            let loss = lease.isReported && index < member.slots ? TaskTable.Loss.suspicious(suspicion) : .lost
            tasks.lose(lease.attempt, loss, at: now, backoff: backoff, jitter: &jitter)
            suspect(lease.attempt, member.node, loss)
        }
    }
}
