/// SplitMix64 (Steele, Lea, Flood, 2014): a small sequential generator for seeds and shuffles.
public struct SplitMix64: RandomNumberGenerator, Sendable {
    private var state: UInt64

    /// Starts from `seed`.
    public init(seed: UInt64) {
        state = seed
    }

    /// The next 64 bits.
    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    /// Uniform in 0..<bound, without bias (Lemire, 2019).
    public mutating func next(below bound: UInt64) -> UInt64 {
        precondition(bound > 0, "an empty range")
        var product = next().multipliedFullWidth(by: bound)
        let threshold = (0 &- bound) % bound
        while product.low < threshold { product = next().multipliedFullWidth(by: bound) }
        return product.high
    }
}

extension Array {
    /// The elements in an order that depends on the seed alone (Fisher and Yates).
    public func shuffled(seed: UInt64) -> [Element] {
        var result = self
        var random = SplitMix64(seed: seed)
        for index in stride(from: count - 1, to: 0, by: -1) {
            result.swapAt(index, Int(random.next(below: UInt64(index + 1))))
        }
        return result
    }
}
