import Synchronization

/// Words seen before and their tokens, without an allocation per word.
///
/// Open addressing over flat arrays: the words' bytes lie one after the other in one array, their tokens in another. When it
/// has grown to its bound it starts afresh.
struct WordCache {
    private struct Slot {
        var hash: UInt64 = 0
        var start: Int32 = 0
        var byteCount: Int32 = 0
        var tokenStart: Int32 = 0
        var tokenCount: Int32 = -1
    }

    static let longestWord = 64
    private static let capacity = 1 << 15
    private static let mostWords = capacity / 2

    private var slots = [Slot](repeating: Slot(), count: capacity)
    private var bytes: [UInt8] = []
    private var tokens: [Int32] = []
    private var count = 0

    /// FNV-1a with a final mix.
    @inline(__always)
    static func hash(_ text: [UInt8], _ start: Int, _ end: Int) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for index in start..<end { hash = (hash ^ UInt64(text[index])) &* 0x0000_0100_0000_01B3 }
        return hash ^ hash >> 29
    }

    /// Appends the word's tokens to `output` if it is known.
    @inline(__always)
    func find(_ text: [UInt8], _ start: Int, _ end: Int, hash: UInt64, into output: inout [Int32]) -> Bool {
        var index = Int(truncatingIfNeeded: hash) & (Self.capacity - 1)
        while true {
            let slot = slots[index]
            if slot.tokenCount < 0 { return false }
            if slot.hash == hash, Int(slot.byteCount) == end - start, matches(slot, text, start) {
                let first = Int(slot.tokenStart)
                for token in first..<first + Int(slot.tokenCount) { output.append(tokens[token]) }
                return true
            }
            index = (index + 1) & (Self.capacity - 1)
        }
    }

    @inline(__always)
    private func matches(_ slot: Slot, _ text: [UInt8], _ start: Int) -> Bool {
        let first = Int(slot.start)
        for offset in 0..<Int(slot.byteCount) where bytes[first + offset] != text[start + offset] { return false }
        return true
    }

    /// Remembers a word that is not there.
    mutating func insert(_ text: [UInt8], _ start: Int, _ end: Int, hash: UInt64, tokens found: ArraySlice<Int32>) {
        if count == Self.mostWords { self = WordCache() }
        var index = Int(truncatingIfNeeded: hash) & (Self.capacity - 1)
        while slots[index].tokenCount >= 0 { index = (index + 1) & (Self.capacity - 1) }
        slots[index] = Slot(
            hash: hash, start: Int32(bytes.count), byteCount: Int32(end - start), tokenStart: Int32(tokens.count),
            tokenCount: Int32(found.count))
        bytes += text[start..<end]
        tokens += found
        count += 1
    }
}

/// What one call of `encode` uses alone, and the pool it comes from: threads never wait for each other's words.
final class ScratchPool: Sendable {
    struct Scratch {
        var cache = WordCache()
        var merger = WordMerger()
        var symbols: [Int32] = []
    }

    private let free = Mutex<[Scratch]>([])
    private static let mostKept = 16

    func withScratch<Result>(_ body: (inout Scratch) -> Result) -> Result {
        var scratch = free.withLock { $0.popLast() } ?? Scratch()
        defer { free.withLock { if $0.count < Self.mostKept { $0.append(scratch) } } }
        return body(&scratch)
    }
}
