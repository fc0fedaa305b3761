// Counter-based random numbers: Philox4x32-10 (Salmon, Moraes, Dror, Shaw, "Parallel Random Numbers: As Easy as 1, 2, 3",
// SC 2011). A number is a function of key and counter, so that what a sample draws does not depend on who draws before it.

/// A stream of random numbers addressed by index.
public struct CounterRandom: Sendable, Hashable {
    /// The key of the generator.
    public let key: UInt64
    /// The upper half of the counter: one stream per purpose, prompt, sample.
    public let stream: UInt64

    /// The stream `stream` under `key`.
    public init(key: UInt64, stream: UInt64 = 0) {
        self.key = key
        self.stream = stream
    }

    /// The four words of Philox4x32 with ten rounds.
    public static func philox(counter: SIMD4<UInt32>, key: SIMD2<UInt32>) -> SIMD4<UInt32> {
        var counter = counter
        var key = key
        for _ in 0..<10 {
            let left = UInt64(counter[0]) &* 0xD251_1F53
            let right = UInt64(counter[2]) &* 0xCD9E_8D57
            counter = SIMD4(
                UInt32(truncatingIfNeeded: right >> 32) ^ counter[1] ^ key[0], UInt32(truncatingIfNeeded: right),
                UInt32(truncatingIfNeeded: left >> 32) ^ counter[3] ^ key[1], UInt32(truncatingIfNeeded: left))
            key = key &+ SIMD2(0x9E37_79B9, 0xBB67_AE85)
        }
        return counter
    }

    private func block(_ index: UInt64) -> SIMD4<UInt32> {
        CounterRandom.philox(
            counter: SIMD4(
                UInt32(truncatingIfNeeded: index), UInt32(truncatingIfNeeded: index >> 32),
                UInt32(truncatingIfNeeded: stream), UInt32(truncatingIfNeeded: stream >> 32)),
            key: SIMD2(UInt32(truncatingIfNeeded: key), UInt32(truncatingIfNeeded: key >> 32)))
    }

    /// 64 random bits at `index`.
    public func bits(at index: UInt64) -> UInt64 {
        let words = block(index)
        return UInt64(words[1]) << 32 | UInt64(words[0])
    }

    /// Uniform in [0, 1), a multiple of 2⁻⁵³.
    public func uniform(at index: UInt64) -> Double {
        Double(bits(at: index) >> 11) * 0x1p-53
    }

    /// A standard normal number (Box and Muller).
    public func normal(at index: UInt64) -> Double {
        let words = block(index)
        let first = Double(UInt64(words[1]) << 32 | UInt64(words[0])) * 0x1p-64
        let second = Double(UInt64(words[3]) << 32 | UInt64(words[2])) * 0x1p-64
        let radius = (-2 * Elementary.log(max(first, 0x1p-64))).squareRoot()
        return radius * Elementary.cos(2 * .pi * second)
    }

    /// Fills `vector` with normal numbers of the given deviation, element i from index i.
    public func fillNormal(_ vector: Vector, deviation: Double) {
        for index in 0..<vector.count {
            vector[index] = Float(deviation * normal(at: UInt64(index)))
        }
    }
}
