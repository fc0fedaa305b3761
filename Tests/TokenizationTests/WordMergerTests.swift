import Testing

@testable import Tokenization

@Suite struct WordMergerTests {
    /// Merges of the tokens 0…3 into pairs and pairs of pairs, in an arbitrary order of ranks.
    static let table: MergeTable = {
        var table = MergeTable(count: 64)
        var merged: Int32 = 4
        var pairs: [(Int32, Int32)] = []
        for left in Int32(0)..<4 {
            for right in Int32(0)..<4 where (left + right) % 3 != 1 { pairs.append((left, right)) }
        }
        for left in Int32(4)..<8 { for right in Int32(0)..<6 { pairs.append((left, right)) } }
        for (index, pair) in pairs.enumerated() {
            table.insert(pair.0, pair.1, rank: UInt32(index * 17 % pairs.count), merged: merged)
            merged += 1
        }
        return table
    }()

    /// The definition, read literally.
    static func slow(_ symbols: [Int32]) -> [Int32] {
        var symbols = symbols
        while true {
            var best = UInt64.max
            var at = -1
            for index in stride(from: 1, to: symbols.count, by: 1) {
                let found = table.lookUp(symbols[index - 1], symbols[index])
                if found < best { (best, at) = (found, index) }
            }
            if at < 0 { return symbols }
            symbols[at - 1] = Int32(truncatingIfNeeded: best)
            symbols.remove(at: at)
        }
    }

    @Test(arguments: [0, 1, 2, 5, 47, 48, 49, 50, 300])
    func shortAndLongWordsFollowTheDefinition(length: Int) {
        var merger = WordMerger()
        for seed in 0..<20 {
            var state = UInt64(seed * 1000 + length)
            let symbols = (0..<length).map { _ -> Int32 in
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return Int32(state >> 61) % 4
            }
            var merged = symbols
            merger.merge(&merged, with: Self.table)
            #expect(merged == Self.slow(symbols))
        }
    }

    @Test func tableKeepsTheLastOfEqualPairs() {
        var table = MergeTable(count: 2)
        table.insert(1, 2, rank: 5, merged: 9)
        table.insert(1, 2, rank: 7, merged: 10)
        #expect(table.lookUp(1, 2) == 7 << 32 | 10)
        #expect(table.lookUp(2, 1) == .max)
    }
}
