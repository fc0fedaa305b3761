// Who gets which task, and what happens when a lease ends without a result.
extension Coordinator {
    /// Hands pending tasks to free credit, one to each member in turn, in the order they joined.
    mutating func grantLeases(at now: Instant) {
        guard halted == nil, !isDraining, !isLeasingPaused, schedule.outcome == nil else { return }
        var free = membership.all.compactMap { member -> (member: Member, credit: Int)? in
            let credit = member.credit - member.strays - leases.of(member.incarnation).count
            return credit > 0 ? (member, credit) : nil
        }
        while !free.isEmpty {
            free = free.compactMap { candidate in
                guard grant(to: candidate.member, at: now), candidate.credit > 1 else { return nil }
                return (candidate.member, candidate.credit - 1)
            }
        }
    }

    private mutating func grant(to member: Member, at now: Instant) -> Bool {
        guard let task = next(for: member, at: now), let input = inputDigest(of: task),
            let attempt = tasks.lease(task, to: member.incarnation)
        else { return false }
        leases.grant(attempt, to: member.incarnation, until: now.advanced(by: timers.lease))
        counters.leased += 1
        effects.append(
            .lease(
                member.session, member.incarnation,
                Grant(
                    attempt: attempt, timeToLive: timers.lease, inputDigest: input,
                    settles: tasks[task]?.settlesFrom != nil)))
        note(.leased(attempt, node: member.node))
        return true
    }

    /// The best pending task for a member.
    private func next(for member: Member, at now: Instant) -> TaskID? {
        for kind in member.role.kinds {
            let next = tasks.next(kind, at: now) { entry in
                // Whether a failure is the task's own fault is for another node to say.
                entry.failures.isEmpty || !entry.failures.contains { $0.node == member.node }
                    || membership.nodes(member.role).count < 2
            }
            if let next { return next }
        }
        return nil
    }

    func currentLease(of task: TaskID) -> (attempt: Attempt, holder: Incarnation)? {
        guard case .leased(let number, let holder)? = tasks[task]?.state else { return nil }
        return (Attempt(task: task, attempt: number), holder)
    }

    /// A lease of a member ended without a result.
    mutating func lose(_ attempt: Attempt, of holder: Incarnation, _ loss: TaskTable.Loss, at now: Instant) {
        leases.end(attempt, of: holder)
        tasks.lose(attempt, loss, at: now, backoff: backoff, jitter: &jitter)
        haltIfQuarantined(attempt.task)
    }

    /// The task has its end: whoever else works on it may stop.
    mutating func endLease(of task: TaskID, exceptFor finisher: Incarnation?) {
        guard let lease = currentLease(of: task) else { return }
        leases.end(lease.attempt, of: lease.holder)
        if lease.holder != finisher, let member = membership[lease.holder] {
            send(.cancel([lease.attempt]), to: member)
        }
    }

    mutating func haltIfQuarantined(_ task: TaskID) {
        guard case .quarantined(let explanation)? = tasks[task]?.state else { return }
        halt(.quarantined(task, explanation: explanation))
    }
}

extension Role {
    /// The kinds of task the role runs, the most urgent first.
    public var kinds: [TaskKind] {
        switch self {
        case .sampler: [.rationale, .sample]
        case .scorer: [.score]
        case .learner: [.train]
        }
    }
}
