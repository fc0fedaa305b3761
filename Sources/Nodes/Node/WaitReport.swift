import RolloutCore

/// Says what is waited for, when anything is waited for longer than ten seconds.
struct WaitReport {
    private var since: Instant?
    private var reported: Instant?

    /// A line to log now, if one is due.
    mutating func line(isMember: Bool, downloads: [String], at now: Instant) -> String? {
        let subject = !isMember ? "an answer of the coordinator" : downloads.first
        guard let subject else {
            since = nil
            reported = nil
            return nil
        }
        let start = since ?? now
        since = start
        let waited = start.duration(to: now)
        guard waited >= .seconds(10), (reported ?? start).duration(to: now) >= .seconds(10) else { return nil }
        reported = now
        return "waiting for \(subject) for \(waited.components.seconds) s"
    }
}
