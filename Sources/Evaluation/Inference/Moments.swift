/// Mean and spread of a sample.
public struct Moments: Sendable, Equatable {
    /// How many values.
    public let count: Int
    /// Their mean; nil when there are none.
    public let mean: Double?
    /// Unbiased variance; nil for fewer than two.
    public let variance: Double?

    /// Of values, in two passes, so that a large mean does not hide a small spread.
    public init(_ values: some Collection<Double>) {
        count = values.count
        guard count > 0 else {
            (mean, variance) = (nil, nil)
            return
        }
        let mean = values.reduce(0, +) / Double(count)
        self.mean = mean
        variance = count > 1 ? values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(count - 1) : nil
    }

    /// Standard error of the mean; nil for fewer than two.
    public var standardError: Double? { variance.map { ($0 / Double(count)).squareRoot() } }

    /// The t interval of the mean; nil for fewer than two values.
    public func interval(level: Double = 0.95) -> Interval? {
        guard let mean, let standardError else { return nil }
        let reach = StudentT(degreesOfFreedom: Double(count - 1)).critical(tail: 1 - level) * standardError
        return Interval(lower: mean - reach, upper: mean + reach, level: level)
    }
}

/// A confidence interval.
public struct Interval: Sendable, Equatable {
    /// Its lower end.
    public var lower: Double
    /// Its upper end.
    public var upper: Double
    /// How often such intervals hold the truth: 0.95.
    public var level: Double

    /// Creates the value from its parts.
    public init(lower: Double, upper: Double, level: Double) {
        self.lower = lower
        self.upper = upper
        self.level = level
    }
}
