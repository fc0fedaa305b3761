/// Refusals as lines for a log: a new one at once, the same again at most once a minute and with its number, so that a peer
/// that tries for ever fills no disk.
struct RefusalLog {
    private static let interval = Duration.seconds(60)
    private static let capacity = 64
    private static let others = "refused connections of many other kinds"

    private struct Entry {
        var count = 0
        var said: ContinuousClock.Instant?
    }

    private var entries: [String: Entry] = [:]

    /// One more of that kind.
    mutating func note(_ what: String) {
        let hasRoom = entries[what] != nil || entries.count < Self.capacity
        entries[hasRoom ? what : Self.others, default: Entry()].count += 1
    }

    /// What is to be said now.
    mutating func lines(at now: ContinuousClock.Instant) -> [String] {
        var lines: [String] = []
        for (what, entry) in entries.sorted(by: { $0.key < $1.key }) {
            if let said = entry.said, said.duration(to: now) < Self.interval { continue }
            // Quiet for a whole interval: forgotten.
            entries[what] = entry.count > 0 ? Entry(said: now) : nil
            if entry.count > 0 { lines.append(entry.count == 1 ? what : "\(what) (\(entry.count) times)") }
        }
        return lines
    }
}
