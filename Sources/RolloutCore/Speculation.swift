import Digests

/// When a running task is so slow that it is leased a second time: the E-step waits for its last task, and one slow machine
/// would hold up all others.
///
/// Backup tasks as in MapReduce (Dean and Ghemawat, OSDI 2004, section 3.6): near the end of a group, when nothing of it
/// is pending and 80 % has ended, a lease older than three times the 95th percentile of its group gets one copy on another
/// node. Whoever is first counts. The second answer, where it comes, is a free check that tasks are pure functions.
struct Speculation: Sendable, Equatable {
    static let endedShare = 0.8
    static let factor = 3
    /// Fewer durations than this say nothing about a percentile.
    static let leastCount = 5

    private var durations: [TaskGroup: [Duration]] = [:]

    /// A lease of the group led to a result after that time.
    mutating func finished(_ group: TaskGroup, after duration: Duration) {
        durations[group, default: []].append(duration)
    }

    /// How long a lease of the group may take before it is a straggler; `nil` while that cannot be told.
    func patience(_ group: TaskGroup) -> Duration? {
        guard let sorted = durations[group]?.sorted(), sorted.count >= Self.leastCount else { return nil }
        // The nearest rank: the smallest duration that 95 % do not exceed.
        return sorted[(sorted.count * 95 + 99) / 100 - 1] * Self.factor
    }
}

extension Coordinator {
    /// Leases stragglers a second time, to members with a slot free.
    mutating func speculate(at now: Instant) {
        guard halted == nil, !isDraining, !isLeasingPaused else { return }
        for tally in tasks.tally where tally.leased > 0 && isEnding(tally) {
            guard let patience = speculation.patience(tally.group) else { continue }
            for holder in membership.all {
                for lease in leases.of(holder.incarnation)
                where lease.attempt.task.group == tally.group && lease.granted.duration(to: now) > patience {
                    copy(lease.attempt.task, heldBy: holder, at: now)
                }
            }
        }
    }

    private func isEnding(_ tally: TaskTally) -> Bool {
        tally.pending == 0
            && Double(tally.done + tally.null) >= Speculation.endedShare * Double(plan.taskCount(tally.group))
    }

    private mutating func copy(_ task: TaskID, heldBy holder: Member, at now: Instant) {
        let idle = membership.all.first { member in
            member.role == holder.role && member.node != holder.node && freeCredit(of: member) > 0
                && leases.of(member.incarnation).count < member.slots
        }
        guard let idle, let input = inputDigest(of: task), let attempt = tasks.copy(task, to: idle.incarnation) else {
            return
        }
        send(attempt, input, to: idle, at: now)
        counters.infrastructure.speculated += 1
        note(.speculated(attempt, node: idle.node))
    }
}
