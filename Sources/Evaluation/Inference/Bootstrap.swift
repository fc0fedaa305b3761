import Numerics

/// The percentile bootstrap (Efron, 1979) of a mean: intervals that assume nothing about the shape of rewards.
///
/// The seed fixes every draw, so equal values give equal intervals on every machine.
public struct Bootstrap: Sendable, Equatable {
    /// Resamples drawn.
    public var resamples: Int
    /// Fixes the draws.
    public var seed: UInt64
    /// Confidence.
    public var level: Double

    /// Creates the value from its parts.
    public init(resamples: Int = 2000, seed: UInt64 = 1, level: Double = 0.95) {
        self.resamples = resamples
        self.seed = seed
        self.level = level
    }

    /// The interval of the mean; nil for fewer than two values.
    public func interval(of values: [Double]) -> Interval? { interval(ofMeanOver: [values]) }

    /// The interval of the mean of second minus first; nil for fewer than two pairs.
    public func interval(ofDifference pairs: some Collection<(first: Double, second: Double)>) -> Interval? {
        interval(of: pairs.map { $0.second - $0.first })
    }

    /// The interval of the unweighted mean of the groups' means, each group resampled by itself; nil when a group has
    /// fewer than two values.
    public func interval(ofMeanOver groups: [[Double]]) -> Interval? {
        guard !groups.isEmpty, groups.allSatisfy({ $0.count > 1 }), resamples > 0 else { return nil }
        var random = SplitMix64(seed: seed)
        var means: [Double] = []
        means.reserveCapacity(resamples)
        for _ in 0..<resamples {
            var mean = 0.0
            for values in groups {
                var sum = 0.0
                let bound = UInt64(values.count)
                for _ in values.indices { sum += values[Int(random.next(below: bound))] }
                mean += sum / Double(values.count)
            }
            means.append(mean / Double(groups.count))
        }
        means.sort()
        let tail = (1 - level) / 2
        return Interval(
            lower: Quantile.of(sorted: means, tail), upper: Quantile.of(sorted: means, 1 - tail), level: level)
    }
}

/// Quantiles between order statistics, as numpy's default has them (Hyndman and Fan, 1996, type 7).
public enum Quantile {
    /// The quantile `q` from 0 to 1 of ascending values, of which there is at least one.
    public static func of(sorted values: [Double], _ q: Double) -> Double {
        let position = q * Double(values.count - 1)
        let index = min(max(0, Int(position)), values.count - 1)
        guard index + 1 < values.count else { return values[index] }
        return values[index] + (position - Double(index)) * (values[index + 1] - values[index])
    }
}
