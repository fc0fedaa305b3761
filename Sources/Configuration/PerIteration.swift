/// A number that may differ from iteration to iteration: one for all, a list whose last goes on, or one that rises by a step.
public enum PerIteration: Sendable, Equatable, ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral {
    case constant(Double)
    /// At least one, by iteration; the last goes on.
    case list([Double])
    case rising(from: Double, step: Double)

    /// The same in every iteration.
    public init(floatLiteral value: Double) { self = .constant(value) }
    /// The same in every iteration.
    public init(integerLiteral value: Int) { self = .constant(Double(value)) }

    /// The number of an iteration, counted from 1.
    public func value(in iteration: Int) -> Double {
        let index = max(1, iteration) - 1
        switch self {
        case .constant(let value): return value
        case .list(let values): return values.isEmpty ? 0 : values[min(index, values.count - 1)]
        case .rising(let start, let step): return start + Double(index) * step
        }
    }

    /// The numbers of iterations 1 to `count`.
    public func values(_ count: Int) -> [Double] { count > 0 ? (1...count).map(value) : [] }

    /// Whether it is one number for all.
    public var isConstant: Bool { if case .constant = self { true } else { false } }

    /// What is wrong with it over `count` iterations (or whatever `unit` is), or nothing.
    func problem(_ count: Int, _ unit: String, _ bounds: Bounds) -> String? {
        if case .list(let values) = self, values.count > count {
            return "has \(values.count) values for \(count) \(unit): name at most as many."
        }
        if case .rising = self, count < 2 { return "rises, but there is only one of the \(unit): give one number." }
        for (index, value) in values(count).enumerated() where !bounds.contains(value) {
            return "reaches \(Bounds.text(value)) in number \(index + 1) of the \(unit), and must be \(bounds.name)."
        }
        return nil
    }
}
