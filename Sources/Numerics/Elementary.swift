import CKernels

/// Elementary functions in double precision with the same bits on every machine, for tables and schedules.
public enum Elementary {
    /// e to the power of x.
    public static func exp(_ x: Double) -> Double { rk_exp_double(x) }
    /// The natural logarithm.
    public static func log(_ x: Double) -> Double { rk_log_double(x) }
    /// The sine of an angle in radians, |x| up to about 10⁹.
    public static func sin(_ x: Double) -> Double { rk_sin_double(x) }
    /// The cosine of an angle in radians, |x| up to about 10⁹.
    public static func cos(_ x: Double) -> Double { rk_cos_double(x) }

    /// base > 0 to the power of a real exponent.
    public static func pow(_ base: Double, _ exponent: Double) -> Double {
        exponent == 0 ? 1 : exp(exponent * log(base))
    }

    /// base to the power of a count, by repeated squaring.
    public static func pow(_ base: Double, _ exponent: Int) -> Double {
        var result = 1.0
        var factor = base
        var rest = exponent
        while rest > 0 {
            if rest & 1 == 1 { result *= factor }
            factor *= factor
            rest >>= 1
        }
        return result
    }
}
