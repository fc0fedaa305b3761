import Numerics

/// A SplitMix64 generator for choices made once, such as samples of rows and the synthetic world. The same seed gives
/// the same choices on every machine.
///
/// The standard library's `shuffled(using:)` and `random(in:using:)` are not used: their algorithms may change with a
/// release, and files written by the synthetic world must not.
struct SeededRandom: Sendable {
    private var generator: SplitMix64

    /// Streams of one seed are independent.
    init(seed: UInt64, stream: UInt64 = 0) {
        var outer = SplitMix64(seed: seed)
        var inner = SplitMix64(seed: stream)
        generator = SplitMix64(seed: outer.next() ^ inner.next())
    }

    /// A stream named by text (its FNV-1a hash).
    init(seed: UInt64, label: String) {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in label.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
        self.init(seed: seed, stream: hash)
    }

    /// In 0..<1, with 53 random bits.
    mutating func unit() -> Double { Double(generator.next() >> 11) * 0x1p-53 }

    mutating func chance(_ probability: Double) -> Bool { unit() < probability }

    /// In 0..<bound; `bound` is positive.
    mutating func below(_ bound: Int) -> Int { Int(generator.next(below: UInt64(bound))) }

    /// One of the items, which are not empty.
    mutating func pick<T>(_ items: [T]) -> T { items[below(items.count)] }

    /// Index drawn in proportion to the weights.
    mutating func weighted(_ weights: [Double]) -> Int {
        var rest = unit() * weights.reduce(0, +)
        for (index, weight) in weights.enumerated() {
            rest -= weight
            if rest < 0 { return index }
        }
        return max(0, weights.count - 1)
    }

    /// Fisher–Yates.
    mutating func shuffled<T>(_ items: [T]) -> [T] {
        var items = items
        guard items.count > 1 else { return items }
        for last in stride(from: items.count - 1, to: 0, by: -1) { items.swapAt(last, below(last + 1)) }
        return items
    }
}
