/// How much two sets have in common (Jaccard, 1901).
public struct Jaccard: Sendable, Equatable {
    /// Elements of both.
    public let shared: Int
    /// Elements of the first.
    public let first: Int
    /// Elements of the second.
    public let second: Int

    /// From counts.
    public init(shared: Int, first: Int, second: Int) {
        self.shared = shared
        self.first = first
        self.second = second
    }

    /// Of two sets.
    public init<Element: Hashable>(_ first: Set<Element>, _ second: Set<Element>) {
        self.init(shared: first.intersection(second).count, first: first.count, second: second.count)
    }

    /// |A ∩ B| / |A ∪ B|; nil when both are empty.
    public var index: Double? {
        let union = first + second - shared
        return union > 0 ? Double(shared) / Double(union) : nil
    }
}
