/// How often each key occurs in a reference, built for asking the same reference about many predictions.
///
/// An open-addressing table from keys to dense indices and counts. Keys are not negative.
struct Multiset: Sendable {
    /// Occurrences in all.
    let total: Int
    /// Occurrences of each distinct key, by index.
    private(set) var counts: [Int32] = []
    private var keys: [Int]
    private var indices: [Int32]

    init(_ elements: [Int]) {
        total = elements.count
        var capacity = 16
        while capacity < 2 * elements.count { capacity *= 2 }
        keys = [Int](repeating: -1, count: capacity)
        indices = [Int32](repeating: 0, count: capacity)
        for element in elements {
            let slot = slot(of: element)
            if keys[slot] < 0 {
                keys[slot] = element
                indices[slot] = Int32(counts.count)
                counts.append(0)
            }
            counts[Int(indices[slot])] += 1
        }
    }

    /// The dense index of a key, in order of first occurrence; -1 when it does not occur.
    func index(of key: Int) -> Int {
        let slot = slot(of: key)
        return keys[slot] < 0 ? -1 : Int(indices[slot])
    }

    /// How many elements the two have in common, each counted as often as in both; indices below 0 are in neither.
    func overlap(_ others: some Sequence<Int>) -> Int {
        var left = counts
        var common = 0
        for index in others where index >= 0 && left[index] > 0 {
            left[index] -= 1
            common += 1
        }
        return common
    }

    private func slot(of key: Int) -> Int {
        var slot =
            Int(truncatingIfNeeded: (UInt64(truncatingIfNeeded: key) &* 0x9E37_79B9_7F4A_7C15) >> 32) & (keys.count - 1)
        while keys[slot] >= 0, keys[slot] != key { slot = (slot + 1) & (keys.count - 1) }
        return slot
    }
}
