/// Lengths of texts in tokens: counted one by one or in bulk, kept as a table of how often each occurs.
public struct Lengths: Sendable, Equatable {
    private var counts: [Int: Int] = [:]
    /// Texts counted.
    public private(set) var count = 0
    /// Tokens in all.
    public private(set) var total = 0

    /// None yet.
    public init() {}

    /// Counts texts of one length.
    public mutating func add(_ length: Int, times: Int = 1) {
        counts[length, default: 0] += times
        count += times
        total += length * times
    }

    /// Mean length; nil when there is none.
    public var mean: Double? { count > 0 ? Double(total) / Double(count) : nil }

    /// The least length that at least the share `q` of the texts do not exceed; nil when there is none.
    public func quantile(_ q: Double) -> Int? {
        guard count > 0 else { return nil }
        let rank = max(1, Int((q * Double(count)).rounded(.up)))
        var seen = 0
        for (length, times) in counts.sorted(by: { $0.key < $1.key }) {
            seen += times
            if seen >= rank { return length }
        }
        return nil
    }
}
