import RolloutCore

/// Says what is waited for, when anything is waited for longer than ten seconds.
struct WaitReport {
    private var subject: String?
    private var since = Instant(sinceStart: .zero)
    private var reported: Instant?

    /// A line to log now, if one is due: every ten seconds. Tasks come when a step begins, so that a node that has none says
    /// so once a minute.
    mutating func line(isMember: Bool, downloads: [String], isIdle: Bool = false, at now: Instant) -> String? {
        let task = isIdle ? "a task" : nil
        let subject = isMember ? downloads.first ?? task : "an answer of the coordinator"
        if subject != self.subject { (self.subject, since, reported) = (subject, now, nil) }
        guard let subject else { return nil }
        let waited = since.duration(to: now)
        let pause = Duration.seconds(isMember && downloads.isEmpty ? 60 : 10)
        guard waited >= .seconds(10), reported.map({ $0.duration(to: now) >= pause }) ?? true else { return nil }
        reported = now
        return "waiting for \(subject) for \(waited.components.seconds) s"
    }
}
