import Foundation

/// The logarithms of the gamma and beta functions for positive arguments.
///
/// Stirling's series (DLMF 5.11.1) from 10 upwards, the recurrence below. `lnB(a, b)` is not formed from three values of
/// `lnΓ`: for a large `a` their difference would lose as many digits as they have before the point. The large terms are
/// cancelled by hand instead, as in TOMS 708 (DiDonato and Morris, 1992).
enum LogGamma {
    /// From here on the series is exact to the last digits.
    private static let large = 10.0

    /// `lnΓ(z)`, z > 0.
    static func gamma(_ z: Double) -> Double {
        guard z < large else { return (z - 0.5) * log(z) - z + halfLogTwoPi + correction(z) }
        var product = 1.0
        var shifted = z
        while shifted < large {
            product *= shifted
            shifted += 1
        }
        return gamma(shifted) - log(product)
    }

    /// `lnB(a, b)`, a and b > 0.
    static func beta(_ first: Double, _ second: Double) -> Double {
        let (a, b) = (max(first, second), min(first, second))
        guard a >= large else { return gamma(a) + gamma(b) - gamma(a + b) }
        let ratio = log1p(b / a)
        guard b >= large else {
            // lnΓ(a) - lnΓ(a + b), with the terms of order a cancelled.
            let difference = b - b * log(a) - (a + b - 0.5) * ratio
            return gamma(b) + difference + correction(a) - correction(a + b)
        }
        let corrections = correction(a) + correction(b) - correction(a + b)
        return halfLogTwoPi - 0.5 * log(b) - (a - 0.5) * ratio + b * log(b / (a + b)) + corrections
    }

    private static let halfLogTwoPi = 0.918_938_533_204_672_741_780

    /// What Stirling's formula lacks: Σ B₂ₖ / (2k (2k - 1) z^(2k - 1)).
    private static func correction(_ z: Double) -> Double {
        let square = 1 / (z * z)
        let terms: [Double] = [1 / 12.0, -1 / 360.0, 1 / 1260.0, -1 / 1680.0, 1 / 1188.0, -691 / 360_360.0, 1 / 156.0]
        return terms.reversed().reduce(0) { $0 * square + $1 } / z
    }
}
