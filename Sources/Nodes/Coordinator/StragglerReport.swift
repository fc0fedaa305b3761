import RolloutCore

/// Says which tasks are waited for, when the last of a step are all that is left and take longer than ten seconds.
struct StragglerReport {
    /// A task that a node holds.
    struct Lease {
        var attempt: Attempt
        var node: String
    }

    /// More than these are no stragglers.
    private static let most = 3
    private var since: [Attempt: Instant] = [:]
    private var reported: Instant?

    /// Lines to log now: after ten seconds, then every half minute. Trainings say themselves how far they are.
    ///
    /// - Parameter isAllLeased: whether no task waits for a node.
    mutating func lines(_ leases: [Lease], isAllLeased: Bool, at now: Instant) -> [String] {
        let held = leases.filter { $0.attempt.task.kind != .train }
        since = held.reduce(into: [:]) { since, lease in since[lease.attempt] = self.since[lease.attempt] ?? now }
        guard isAllLeased, (1...Self.most).contains(held.count) else {
            reported = nil
            return []
        }
        let late = held.compactMap { lease -> (lease: Lease, seconds: Int64)? in
            let time = (since[lease.attempt] ?? now).duration(to: now)
            return time >= .seconds(10) ? (lease, time.components.seconds) : nil
        }
        guard !late.isEmpty, reported.map({ $0.duration(to: now) >= .seconds(30) }) ?? true else { return [] }
        reported = now
        return late.map { "waiting for \($0.lease.attempt), held by \($0.lease.node) for \($0.seconds) s" }
    }
}
