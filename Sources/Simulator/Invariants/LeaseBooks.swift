import RolloutCore

/// The witness's own books of one term: who should hold which lease, how often it was not reported, how many attempts a
/// task has had and how many were lost.
struct LeaseBooks {
    struct Entry {
        var missed = 0
        var renewed: Instant
    }

    struct Count {
        /// Highest attempt granted or taken up.
        var last: UInt32 = 0
        var running: Set<UInt32> = []
    }

    private var held: [Incarnation: [Attempt: Entry]] = [:]
    private var credit: [Incarnation: Int] = [:]
    private var heartbeats: [Incarnation: UInt64] = [:]
    private var counts: [TaskID: Count] = [:]
    private var unexplained: Attempt?
    private var lastEvent: Instant?

    /// As long as this process stood still, leases do not age.
    mutating func passed(to now: Instant, pauseLimit: Duration) {
        if let lastEvent, lastEvent.duration(to: now) > pauseLimit {
            let gap = lastEvent.duration(to: now)
            for holder in held.keys {
                held[holder] = held[holder]?.mapValues {
                    Entry(missed: $0.missed, renewed: $0.renewed.advanced(by: gap))
                }
            }
        }
        lastEvent = now
    }

    mutating func joined(_ incarnation: Incarnation, credit: UInt32) {
        if self.credit[incarnation] == nil { self.credit[incarnation] = Int(credit) }
    }

    mutating func granted(_ attempt: Attempt, to holder: Incarnation, at now: Instant) {
        held[holder, default: [:]][attempt] = Entry(renewed: now)
    }

    /// Whether the member holds no more than it said it would take.
    func isWithinCredit(_ holder: Incarnation, _ count: Int) -> Bool { count <= credit[holder] ?? 0 }

    /// A heartbeat of a member was handled; `leases` are those the coordinator now says it holds. The lease that should
    /// have been given up, if there is one.
    mutating func heard(
        _ heartbeat: Heartbeat, sequence: UInt64, from holder: Incarnation, leases: [Attempt], at now: Instant
    ) -> Attempt? {
        guard sequence > heartbeats[holder] ?? 0 else { return nil }
        heartbeats[holder] = sequence
        credit[holder] = heartbeat.held.count + min(Int(heartbeat.credit), 4096)
        var entries: [Attempt: Entry] = [:]
        var overdue: Attempt?
        for attempt in leases {
            if heartbeat.held.contains(attempt) {
                if held[holder]?[attempt] == nil { takenUp(attempt) }
                entries[attempt] = Entry(renewed: now)
            } else if var entry = held[holder]?[attempt] {
                entry.missed += 1
                if entry.missed >= 2 { overdue = attempt }
                entries[attempt] = entry
            }
        }
        held[holder] = entries
        return overdue
    }

    /// A lease of the member that was not renewed for longer than it lives.
    func outlived(_ holder: Incarnation, leases: [Attempt], limit: Duration, at now: Instant) -> Attempt? {
        leases.first { attempt in
            held[holder]?[attempt].map { $0.renewed.duration(to: now) > limit } ?? false
        }
    }

    // MARK: - Attempts

    private mutating func takenUp(_ attempt: Attempt) {
        counts[attempt.task, default: Count()].last = max(counts[attempt.task]?.last ?? 0, attempt.attempt)
        counts[attempt.task]?.running.insert(attempt.attempt)
    }

    /// What is wrong with the numbering, if anything is.
    mutating func noted(_ notice: Notice) -> String? {
        switch notice {
        case .leased(let attempt, _):
            var count = counts[attempt.task] ?? Count()
            defer { counts[attempt.task] = count }
            guard attempt.attempt == count.last + 1 else {
                return "\(attempt.task) has attempt \(attempt.attempt) after attempt \(count.last)"
            }
            if !count.running.isEmpty { unexplained = attempt }
            count.last = attempt.attempt
            count.running.insert(attempt.attempt)
        case .speculated(let attempt, _):
            if unexplained == attempt { unexplained = nil }
        case .leaseExpired(let attempt, _), .leaseNotReported(let attempt, _), .released(let attempt, _),
            .systemFailure(let attempt, _, _), .deterministicFailure(let attempt, _, _):
            counts[attempt.task]?.running.remove(attempt.attempt)
        default: break
        }
        return nil
    }

    /// A lease beside another one, which no loss and no straggler accounts for.
    mutating func takeUnexplained() -> Attempt? {
        defer { unexplained = nil }
        return unexplained
    }
}
