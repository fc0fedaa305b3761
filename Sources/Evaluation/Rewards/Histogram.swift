/// How often values fall between equal steps of a range.
public struct Histogram: Sendable, Equatable {
    /// The range's lower end.
    public let lower: Double
    /// The range's upper end.
    public let upper: Double
    /// Occurrences by bin; the last bin holds its upper end too.
    public private(set) var counts: [Int]

    /// An empty one.
    public init(lower: Double, upper: Double, bins: Int) {
        precondition(bins > 0 && lower < upper, "a histogram has bins and a range")
        self.lower = lower
        self.upper = upper
        counts = [Int](repeating: 0, count: bins)
    }

    /// Counts a value; what lies outside the range goes to its nearest end, NaN nowhere.
    public mutating func add(_ value: Double, times: Int = 1) {
        guard !value.isNaN else { return }
        let share = max(0, min(1, (value - lower) / (upper - lower)))
        counts[min(counts.count - 1, Int(share * Double(counts.count)))] += times
    }

    /// Values counted.
    public var total: Int { counts.reduce(0, +) }

    /// The lower and upper end of a bin.
    public func bounds(_ bin: Int) -> (lower: Double, upper: Double) {
        let width = (upper - lower) / Double(counts.count)
        return (lower + Double(bin) * width, lower + Double(bin + 1) * width)
    }
}
