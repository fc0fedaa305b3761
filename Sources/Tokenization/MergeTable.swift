/// Pair of tokens → (rank, merged token): the merges of a byte-pair vocabulary, in an open-addressing table.
///
/// The table is asked for every neighbouring pair of every word: multiplicative hashing and linear probing over two flat
/// arrays cost a few nanoseconds, a general dictionary several times that.
struct MergeTable: Sendable {
    private var keys: [UInt64]
    private var values: [UInt64]
    private let mask: Int
    private static let empty = UInt64.max

    /// - Parameter count: how many merges will be inserted at most.
    init(count: Int) {
        var capacity = 16
        while capacity < count * 2 { capacity *= 2 }
        keys = [UInt64](repeating: Self.empty, count: capacity)
        values = [UInt64](repeating: 0, count: capacity)
        mask = capacity - 1
    }

    @inline(__always)
    private func slot(_ key: UInt64) -> Int {
        var slot = Int(truncatingIfNeeded: (key &* 0x9E37_79B9_7F4A_7C15) >> 20) & mask
        while keys[slot] != key, keys[slot] != Self.empty { slot = (slot + 1) & mask }
        return slot
    }

    /// The last rank given to a pair stays.
    mutating func insert(_ left: Int32, _ right: Int32, rank: UInt32, merged: Int32) {
        let key = Self.key(left, right)
        let slot = slot(key)
        keys[slot] = key
        values[slot] = UInt64(rank) << 32 | UInt64(UInt32(bitPattern: merged))
    }

    /// Rank in the upper half, merged token in the lower; `UInt64.max` for a pair that does not merge.
    @inline(__always)
    func lookUp(_ left: Int32, _ right: Int32) -> UInt64 {
        let key = Self.key(left, right)
        let slot = slot(key)
        return keys[slot] == key ? values[slot] : .max
    }

    @inline(__always)
    static func key(_ left: Int32, _ right: Int32) -> UInt64 {
        UInt64(UInt32(bitPattern: left)) << 32 | UInt64(UInt32(bitPattern: right))
    }
}
