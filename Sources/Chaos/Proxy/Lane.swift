/// Messages on their way in one direction of one connection. Time is a parameter.
struct Lane {
    private struct Entry {
        let frame: [UInt8]
        var due: Duration
        /// Lets the next message pass, or leaves when it is due.
        var isOvertaken: Bool
    }

    /// How long a message waits for another to overtake it.
    static let patience = Duration.seconds(1)
    /// Bytes that may be on their way; a message beyond them is lost.
    static let limit = 64 << 20

    /// By the time they are due, equal ones in the order they came.
    private var entries: [Entry] = []
    private(set) var byteCount = 0

    var isEmpty: Bool { entries.isEmpty }

    /// Takes a message; false when there is no room for it.
    mutating func take(_ frame: [UInt8], _ fate: MessageFate = MessageFate(), at now: Duration) -> Bool {
        if fate.isLost { return true }
        let bytes = fate.bytes(of: frame)
        let copies = fate.isDoubled ? 2 : 1
        guard entries.isEmpty || byteCount + copies * bytes.count <= Self.limit else { return false }
        let waits = fate.isOvertaken ? Self.patience : .zero
        for _ in 0..<copies {
            insert(Entry(frame: bytes, due: now + fate.delay + waits, isOvertaken: fate.isOvertaken))
        }
        if !fate.isOvertaken { release(at: now + fate.delay) }
        return true
    }

    /// What waited to be overtaken follows whoever did.
    private mutating func release(at time: Duration) {
        let waiting = entries.filter(\.isOvertaken)
        guard !waiting.isEmpty else { return }
        entries.removeAll(where: \.isOvertaken)
        byteCount -= waiting.reduce(0) { $0 + $1.frame.count }
        for var entry in waiting {
            entry.isOvertaken = false
            entry.due = min(max(entry.due - Self.patience, time), entry.due)
            insert(entry)
        }
    }

    private mutating func insert(_ entry: Entry) {
        let position = entries.firstIndex { $0.due > entry.due } ?? entries.endIndex
        entries.insert(entry, at: position)
        byteCount += entry.frame.count
    }

    /// The next message, when it is due.
    func next(at now: Duration) -> [UInt8]? {
        guard let first = entries.first, first.due <= now else { return nil }
        return first.frame
    }

    mutating func removeNext() {
        byteCount -= entries.removeFirst().frame.count
    }

    mutating func removeAll() {
        entries = []
        byteCount = 0
    }
}
