import Foundation

/// The regularised incomplete beta function `I_x(a, b)` (DLMF 8.17), from which Student's t gets its distribution.
///
/// The continued fraction DLMF 8.17.22 by Lentz's method, on the side of the mean where it converges in about √max(a, b)
/// terms; the other side follows from `I_x(a, b) = 1 - I_(1-x)(b, a)`.
enum IncompleteBeta {
    /// `I_x(a, b)`.
    ///
    /// - Parameter complement: `1 - x`. Given apart, because near x = 1 it holds the digits that matter.
    static func regularized(_ x: Double, complement: Double, a: Double, b: Double) -> Double {
        guard x > 0 else { return 0 }
        guard complement > 0 else { return 1 }
        if complement < (b + 1) / (a + b + 2) {
            return 1 - tail(complement, complement: x, a: b, b: a)
        }
        return tail(x, complement: complement, a: a, b: b)
    }

    private static func tail(_ x: Double, complement: Double, a: Double, b: Double) -> Double {
        let logX = x < 0.5 ? log(x) : log1p(-complement)
        let logComplement = complement < 0.5 ? log(complement) : log1p(-x)
        return exp(a * logX + b * logComplement - LogGamma.beta(a, b)) / a * fraction(x, a, b)
    }

    private static let termLimit = 100_000

    private static func fraction(_ x: Double, _ a: Double, _ b: Double) -> Double {
        var numerator = 1.0
        var denominator = 1 / nonzero(1 - (a + b) * x / (a + 1))
        var value = denominator
        for index in 1...termLimit {
            let m = Double(index)
            let even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
            denominator = 1 / nonzero(1 + even * denominator)
            numerator = nonzero(1 + even / numerator)
            value *= denominator * numerator
            let odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
            denominator = 1 / nonzero(1 + odd * denominator)
            numerator = nonzero(1 + odd / numerator)
            let factor = denominator * numerator
            value *= factor
            if abs(factor - 1) < 1e-15 { break }
        }
        return value
    }

    private static func nonzero(_ value: Double) -> Double { abs(value) < 1e-300 ? 1e-300 : value }
}
