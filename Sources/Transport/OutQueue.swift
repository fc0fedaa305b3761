import DequeModule

/// Frames waiting for room in the network, bounded in bytes.
struct OutQueue {
    private var frames: Deque<[UInt8]> = []
    private(set) var byteCount = 0
    let limit: Int

    init(limit: Int) { self.limit = limit }

    var isEmpty: Bool { frames.isEmpty }
    var first: [UInt8]? { frames.first }

    /// `false` when there is no room. An empty queue takes any frame, so that a long one is not stuck for ever.
    mutating func append(_ frame: [UInt8]) -> Bool {
        guard frames.isEmpty || byteCount + frame.count <= limit else { return false }
        frames.append(frame)
        byteCount += frame.count
        return true
    }

    mutating func removeFirst() {
        if let frame = frames.popFirst() { byteCount -= frame.count }
    }

    mutating func removeAll() {
        frames = []
        byteCount = 0
    }
}
