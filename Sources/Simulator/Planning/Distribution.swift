import RolloutCore

/// How long something takes, as a person writes it: `constant:40`, `uniform:20,60`, `exponential:40`, `lognormal:40,0.8`.
public enum Distribution: Sendable, Equatable {
    /// Always that many seconds.
    case constant(Double)
    /// Between two numbers of seconds.
    case uniform(Double, Double)
    /// By its mean in seconds.
    case exponential(Double)
    /// By its median in seconds and the standard deviation of its logarithm: half of the draws lie below the median.
    case lognormal(Double, Double)

    /// A task of longer is no plan: a day and a bit.
    public static let longest = 1e5

    /// Reads the notation; `nil` when it is not one, or a number is negative or above `longest`.
    public init?(_ text: String) {
        let parts = text.split(separator: ":", maxSplits: 1)
        guard parts.count == 2 else { return nil }
        let numbers = parts[1].split(separator: ",").map { Double($0) ?? .nan }
        guard numbers.allSatisfy({ $0 >= 0 && $0 <= Self.longest }) else { return nil }
        switch (parts[0], numbers.count) {
        case ("constant", 1): self = .constant(numbers[0])
        case ("uniform", 2) where numbers[0] <= numbers[1]: self = .uniform(numbers[0], numbers[1])
        case ("exponential", 1): self = .exponential(numbers[0])
        case ("lognormal", 2) where numbers[0] > 0: self = .lognormal(numbers[0], numbers[1])
        default: return nil
        }
    }

    /// One draw, at least a millisecond.
    func draw(_ random: inout SplitMix) -> Nanoseconds {
        let seconds: Double
        switch self {
        case .constant(let value): seconds = value
        case .uniform(let low, let high): seconds = random.real(low...high)
        case .exponential(let mean): seconds = random.exponential(mean: mean)
        case .lognormal(let median, let deviation): seconds = median * Real.exp(random.normal() * deviation)
        }
        return Nanoseconds(min(max(seconds, 1e-3), 10 * Self.longest) * 1e9)
    }
}
