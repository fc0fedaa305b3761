import Foundation

/// Student's t distribution.
public struct StudentT: Sendable, Equatable {
    /// ν > 0.
    public let degreesOfFreedom: Double

    /// The distribution with ν degrees of freedom.
    public init(degreesOfFreedom: Double) {
        precondition(degreesOfFreedom > 0, "degrees of freedom are positive")
        self.degreesOfFreedom = degreesOfFreedom
    }

    /// P(|T| ≥ |t|) = I_x(ν/2, 1/2) with x = ν / (ν + t²): the p-value of a two-tailed test.
    public func twoTailed(_ t: Double) -> Double {
        if t.isInfinite { return 0 }
        let sum = degreesOfFreedom + t * t
        return IncompleteBeta.regularized(
            degreesOfFreedom / sum, complement: t * t / sum, a: degreesOfFreedom / 2, b: 0.5)
    }

    /// P(T ≤ t).
    public func cumulative(_ t: Double) -> Double {
        let tail = twoTailed(t) / 2
        return t > 0 ? 1 - tail : tail
    }

    /// The t ≥ 0 that |T| exceeds with probability `tail`: 1.96 for 0.05 and many degrees of freedom.
    public func critical(tail: Double) -> Double {
        precondition(tail > 0 && tail < 1, "a probability")
        var (low, high) = (0.0, 1.0)
        while twoTailed(high) > tail { (low, high) = (high, 2 * high) }
        while high - low > 1e-14 * high {
            let middle = (low + high) / 2
            if middle <= low || middle >= high { break }
            if twoTailed(middle) > tail { low = middle } else { high = middle }
        }
        return high
    }
}
