/// Conversions between float32 and the two 16-bit types, on bit patterns: exact upwards, to nearest even downwards.
public enum HalfPrecision {
    /// bfloat16 is the upper half of a float32.
    @inline(__always)
    public static func float(bfloat16 bits: UInt16) -> Float {
        Float(bitPattern: UInt32(bits) << 16)
    }

    /// Rounds to nearest, ties to even; a NaN stays a (quiet) NaN.
    @inline(__always)
    public static func bfloat16(_ value: Float) -> UInt16 {
        let bits = value.bitPattern
        let rounded = (bits &+ 0x7FFF &+ (bits >> 16 & 1)) >> 16
        let quiet = bits >> 16 | 0x40
        return UInt16(truncatingIfNeeded: value.isNaN ? quiet : rounded)
    }

    /// The exponent's bias differs by 112: one exact product moves normal and subnormal numbers alike.
    @inline(__always)
    public static func float(float16 bits: UInt16) -> Float {
        let magnitude = UInt32(bits & 0x7FFF) << 13
        let finite = (Float(bitPattern: magnitude) * 0x1p112).bitPattern
        let special = magnitude | 0x7F80_0000
        let isFinite = bits & 0x7C00 != 0x7C00
        return Float(bitPattern: (isFinite ? finite : special) | UInt32(bits & 0x8000) << 16)
    }

    /// Rounds to nearest, ties to even; beyond 65504 becomes infinite.
    @inline(__always)
    public static func float16(_ value: Float) -> UInt16 {
        Float16(value).bitPattern
    }
}
