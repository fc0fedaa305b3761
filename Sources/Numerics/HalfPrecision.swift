import CKernels

/// Conversions between Float and the 16-bit formats, round to nearest even; every NaN stays a NaN.
public enum HalfPrecision {
    /// Upper 16 bits of each Float, rounded.
    public static func bfloat16(_ values: [Float]) -> [UInt16] {
        unsafe [UInt16](unsafeUninitializedCapacity: values.count) { target, count in
            count = values.count
            if let start = target.baseAddress { unsafe rk_bfloat16_from_float(values.count, values, start) }
        }
    }

    /// The Floats that bfloat16 values stand for.
    public static func floats(bfloat16 values: [UInt16]) -> [Float] {
        unsafe [Float](unsafeUninitializedCapacity: values.count) { target, count in
            count = values.count
            if let start = target.baseAddress { unsafe rk_float_from_bfloat16(values.count, values, start) }
        }
    }

    /// IEEE binary16 of each Float.
    public static func float16(_ values: [Float]) -> [UInt16] {
        unsafe [UInt16](unsafeUninitializedCapacity: values.count) { target, count in
            count = values.count
            if let start = target.baseAddress { unsafe rk_float16_from_float(values.count, values, start) }
        }
    }

    /// The Floats that binary16 values stand for.
    public static func floats(float16 values: [UInt16]) -> [Float] {
        unsafe [Float](unsafeUninitializedCapacity: values.count) { target, count in
            count = values.count
            if let start = target.baseAddress { unsafe rk_float_from_float16(values.count, values, start) }
        }
    }
}
