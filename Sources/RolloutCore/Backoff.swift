/// Full-jitter exponential backoff: wait a uniform time between nothing and min(maximum, base · 2ⁿ⁻¹) after the n-th loss
/// ("Exponential Backoff and Jitter", AWS Architecture Blog, 2015). Spreads retries of tasks that were lost together.
struct Backoff: Sendable, Equatable {
    var base: Duration = .milliseconds(100)
    var maximum: Duration = .seconds(5)

    func delay(losses: Int, jitter: inout SplitMix) -> Duration {
        guard losses > 0 else { return .zero }
        let ceiling = min(maximum, base * (1 << min(losses - 1, 16)))
        return .nanoseconds(Int64.random(in: 0...ceiling.nanoseconds, using: &jitter))
    }
}

extension Duration {
    /// Whole nanoseconds; a duration too long for 64 bits counts as the longest that fits.
    var nanoseconds: Int64 {
        let (seconds, attoseconds) = components
        let (scaled, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        return overflow
            ? (seconds < 0 ? .min : .max) : scaled.addingReportingOverflow(attoseconds / 1_000_000_000).partialValue
    }
}

/// SplitMix64 (Steele, Lea and Flood, OOPSLA 2014): jitter and incarnation numbers. Nothing that is learned comes from it.
public struct SplitMix: RandomNumberGenerator, Sendable, Equatable {
    private var state: UInt64

    /// Starts the stream of a seed.
    public init(seed: UInt64) { state = seed }

    /// The next 64 bits.
    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
