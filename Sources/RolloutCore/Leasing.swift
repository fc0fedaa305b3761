import Digests

// Who gets which task, and what happens when a lease ends without a result.
extension Coordinator {
    /// Hands pending tasks to free credit, one to each member in turn, in the order they joined.
    ///
    /// Most messages change nothing that matters here: unless a task became pending, a lease ended or a member's credit
    /// changed, only time can, and that is looked at with every tick.
    mutating func grantLeases(at now: Instant) {
        let isOver = schedule.outcome != nil && rederived.isEmpty
        guard halted == nil, !isDraining, !isLeasingPaused, !isOver, tasks.isAnythingPending else {
            hasGranted = nil
            return
        }
        let changes = Changes(tasks: tasks.offers, leases: leases.ends, members: membership.changes)
        guard changes != hasGranted else { return }
        defer { hasGranted = changes }
        var exhausted: Set<Role> = []
        var free = membership.all.compactMap { member -> (member: Member, credit: Int)? in
            guard tasks.isAnythingPending(member.role.kinds) else { return nil }
            let credit = freeCredit(of: member)
            return credit > 0 ? (member, credit) : nil
        }
        if mutations.has(.grantsInSetOrder) {
            let order = Array(Set(free.map(\.member.incarnation)))
            free = order.compactMap { incarnation in free.first { $0.member.incarnation == incarnation } }
        }
        while !free.isEmpty {
            free = free.compactMap { candidate in
                guard grant(to: candidate.member, at: now, &exhausted), candidate.credit > 1 else { return nil }
                return (candidate.member, candidate.credit - 1)
            }
        }
    }

    /// How many leases more the member takes, as it said last.
    func freeCredit(of member: Member) -> Int {
        if mutations.has(.ignoresCredit) { return 16 }
        return member.credit - member.strays - leases.of(member.incarnation).count
    }

    private mutating func grant(to member: Member, at now: Instant, _ exhausted: inout Set<Role>) -> Bool {
        guard !exhausted.contains(member.role), let task = next(for: member, at: now, &exhausted),
            let input = inputDigest(of: task),
            let attempt = tasks.lease(task, to: member.incarnation)
        else { return false }
        send(attempt, input, to: member, at: now)
        return true
    }

    /// Hands a lease that the table holds to its member.
    mutating func send(_ attempt: Attempt, _ input: Digest, to member: Member, at now: Instant) {
        leases.grant(attempt, to: member.incarnation, at: now, for: timers.lease)
        counters.leased += 1
        effects.append(
            .lease(
                member.session, member.incarnation,
                Grant(
                    attempt: attempt, timeToLive: timers.lease, inputDigest: input,
                    settles: tasks[attempt.task]?.settlesFrom != nil)))
        note(.leased(attempt, node: member.node))
    }

    /// The best pending task for a member. A role is exhausted when there is none for any of its members.
    private func next(for member: Member, at now: Instant, _ exhausted: inout Set<Role>) -> TaskID? {
        var isForOthers = false
        for kind in member.role.kinds {
            let next = tasks.next(kind, at: now) { entry in
                guard !entry.failures.isEmpty else { return true }
                // Whether a failure is the task's own fault is for another node to say, if there is one left to ask.
                let failed = Set(entry.failures.map(\.node))
                let isAllowed = !failed.contains(member.node) || membership.nodes(member.role).isSubset(of: failed)
                if !isAllowed { isForOthers = true }
                return isAllowed
            }
            if let next { return next }
        }
        if !isForOthers { exhausted.insert(member.role) }
        return nil
    }

    /// A lease of a member ended without a result.
    mutating func lose(_ attempt: Attempt, of holder: Incarnation, _ loss: TaskTable.Loss, at now: Instant) {
        leases.end(attempt, of: holder)
        tasks.lose(attempt, loss, at: now, backoff: backoff, jitter: &jitter)
        suspect(attempt, membership[holder]?.node ?? "a node that has left", loss)
    }

    /// Says that a task may have cost its node, and stops the run when it has done so too often.
    mutating func suspect(_ attempt: Attempt, _ node: String, _ loss: TaskTable.Loss) {
        guard case .suspicious(let reason) = loss, let entry = tasks[attempt.task] else { return }
        note(.suspected(attempt, node: node, count: entry.suspicions, explanation: reason))
        haltIfQuarantined(attempt.task)
    }

    /// The task has its end: whoever else works on it may stop.
    mutating func endLease(of task: TaskID, exceptFor finisher: Incarnation?) {
        for lease in tasks[task]?.leases ?? [] {
            let attempt = Attempt(task: task, attempt: lease.attempt)
            leases.end(attempt, of: lease.holder)
            if lease.holder != finisher, let member = membership[lease.holder] { send(.cancel([attempt]), to: member) }
        }
    }

    mutating func haltIfQuarantined(_ task: TaskID) {
        if mutations.has(.dropsAfterLosses), let entry = tasks[task], !entry.state.isSettled, entry.losses >= 2,
            task.kind != .train
        {
            conclude(task, "lost too often")
        }
        guard case .quarantined(let explanation)? = tasks[task]?.state else { return }
        halt(.quarantined(task, explanation: explanation))
    }
}

/// Counts of what may let something be granted.
struct Changes: Sendable, Equatable {
    var tasks: Int
    var leases: Int
    var members: Int
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
