/// Applies byte-pair merges to one word: always the pair of lowest rank, the leftmost of equals, until none merges.
///
/// Source: Sennrich et al. 2016 (arXiv 1508.07909). Short words rescan their ranks; long ones (texts that no pattern
/// cuts) keep the pairs in a heap, so that the time stays near linear.
struct WordMerger {
    private static let shortLength = 48

    private var tokens: [Int32] = []
    private var merges: [UInt64] = []

    /// Merges `symbols` in place.
    mutating func merge(_ symbols: inout [Int32], with table: MergeTable) {
        guard symbols.count > 1 else { return }
        if symbols.count > Self.shortLength {
            mergeLong(&symbols, with: table)
            return
        }
        merges.removeAll(keepingCapacity: true)
        for index in 1..<symbols.count { merges.append(table.lookUp(symbols[index - 1], symbols[index])) }
        while !merges.isEmpty {
            var best = UInt64.max
            var at = 0
            for index in merges.indices where merges[index] < best {
                best = merges[index]
                at = index
            }
            if best == .max { return }
            symbols[at] = Int32(bitPattern: UInt32(truncatingIfNeeded: best))
            symbols.remove(at: at + 1)
            merges.remove(at: at)
            if at > 0 { merges[at - 1] = table.lookUp(symbols[at - 1], symbols[at]) }
            if at < merges.count { merges[at] = table.lookUp(symbols[at], symbols[at + 1]) }
        }
    }

    private struct Candidate: Comparable {
        /// Rank above, position below: the heap's order.
        let order: UInt64
        let merged: Int32
        let left: Int32
        let right: Int32

        static func < (a: Candidate, b: Candidate) -> Bool { a.order < b.order }
    }

    /// Symbols as a linked list; a candidate whose pair has changed since it was queued is skipped.
    private func mergeLong(_ symbols: inout [Int32], with table: MergeTable) {
        let count = symbols.count
        var next = Array(1...count)
        var previous = Array(-1..<count - 1)
        var queue = MergeQueue<Candidate>()
        func consider(_ position: Int) {
            let other = next[position]
            guard other < count else { return }
            let found = table.lookUp(symbols[position], symbols[other])
            guard found != .max else { return }
            queue.push(
                Candidate(
                    order: (found & 0xFFFF_FFFF_0000_0000) | UInt64(UInt32(truncatingIfNeeded: position)),
                    merged: Int32(bitPattern: UInt32(truncatingIfNeeded: found)), left: symbols[position],
                    right: symbols[other]))
        }
        for position in 0..<count - 1 { consider(position) }
        while let candidate = queue.pop() {
            let position = Int(UInt32(truncatingIfNeeded: candidate.order))
            guard symbols[position] == candidate.left, next[position] < count,
                symbols[next[position]] == candidate.right
            else { continue }
            let removed = next[position]
            symbols[position] = candidate.merged
            symbols[removed] = -1
            next[position] = next[removed]
            if next[position] < count { previous[next[position]] = position }
            if previous[position] >= 0 { consider(previous[position]) }
            consider(position)
        }
        symbols.removeAll { $0 < 0 }
    }
}
