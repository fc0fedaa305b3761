/// How the learning rate moves over a training run: linear warm-up from 0, then constant, linear or cosine decay.
///
/// As in transformers' `get_*_schedule_with_warmup`: step s (from 0) of S with W warm-up steps has the factor s / W
/// while s < W, and afterwards 1, (S − s) / (S − W), or ½ (1 + cos π (s − W) / (S − W)). The first step of a run with
/// warm-up would then have a rate of exactly 0 and learn nothing, so the warm-up here counts from (s + 1) / (W + 1).
/// Decay ends at `floor` (a fraction of the peak) rather than 0 when one is given.
public struct LearningRateSchedule: Sendable, Equatable {
    /// Shape of the decay after the warm-up.
    public enum Decay: String, Sendable, CaseIterable {
        /// Stays at the peak.
        case constant
        /// A straight line.
        case linear
        /// Half a cosine wave.
        case cosine
    }

    /// Shape of the decay.
    public var decay: Decay
    /// Steps of linear warm-up.
    public var warmupSteps: Int
    /// Fraction of the peak where the decay ends.
    public var floor: Double

    /// Creates a schedule.
    public init(decay: Decay, warmupSteps: Int = 0, floor: Double = 0) {
        self.decay = decay
        self.warmupSteps = warmupSteps
        self.floor = floor
    }

    /// Factor on the peak learning rate at `step` (from 0) of `steps`.
    public func factor(step: Int, of steps: Int) -> Double {
        if step < warmupSteps { return Double(step + 1) / Double(warmupSteps + 1) }
        let length = max(1, steps - warmupSteps)
        let progress = min(1, Double(step - warmupSteps) / Double(length))
        let shape =
            switch decay {
            case .constant: 1.0
            case .linear: 1 - progress
            case .cosine: 0.5 * (1 + Self.cosine(ofHalfTurns: progress))
            }
        return floor + (1 - floor) * shape
    }

    /// cos(π x) for x in 0…1, by its Taylor series: the same bits on every machine, which libm does not promise.
    static func cosine(ofHalfTurns x: Double) -> Double {
        // cos π x = −cos π (1 − x): the series needs at most a quarter turn.
        if x > 0.5 { return -cosine(ofHalfTurns: 1 - x) }
        let square = x * Double.pi * (x * Double.pi)
        var sum = 0.0
        for n in stride(from: 12, through: 1, by: -1) {
            sum = -(1 + sum) * square / Double((2 * n - 1) * (2 * n))
        }
        return 1 + sum
    }
}
