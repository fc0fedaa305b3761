/// How one number of a tensor is stored: the types of the safetensors format, under its spellings.
///
/// Weights are float32, bfloat16 or float16. The others may lie in a file beside them and can be listed, never used as weights.
public enum ElementType: String, Sendable, CaseIterable {
    /// IEEE 754 binary32.
    case float32 = "F32"
    /// The upper half of a binary32.
    case bfloat16 = "BF16"
    /// IEEE 754 binary16.
    case float16 = "F16"
    /// IEEE 754 binary64.
    case float64 = "F64"
    /// Two binary32.
    case complex64 = "C64"
    /// Signed, 64 bits.
    case int64 = "I64"
    /// Unsigned, 64 bits.
    case uint64 = "U64"
    /// Signed, 32 bits.
    case int32 = "I32"
    /// Unsigned, 32 bits.
    case uint32 = "U32"
    /// Signed, 16 bits.
    case int16 = "I16"
    /// Unsigned, 16 bits.
    case uint16 = "U16"
    /// Signed, 8 bits.
    case int8 = "I8"
    /// Unsigned, 8 bits.
    case uint8 = "U8"
    /// One byte, 0 or 1.
    case bool = "BOOL"
    /// 5 exponent bits, 2 of mantissa.
    case float8e5m2 = "F8_E5M2"
    /// 4 exponent bits, 3 of mantissa.
    case float8e4m3 = "F8_E4M3"
    /// Exponent only.
    case float8e8m0 = "F8_E8M0"
    /// 4 exponent bits, 3 of mantissa, without infinities.
    case float8e4m3fnuz = "F8_E4M3FNUZ"
    /// 5 exponent bits, 2 of mantissa, without infinities.
    case float8e5m2fnuz = "F8_E5M2FNUZ"
    /// 6 bits: 2 of exponent.
    case float6e2m3 = "F6_E2M3"
    /// 6 bits: 3 of exponent.
    case float6e3m2 = "F6_E3M2"
    /// 4 bits.
    case float4 = "F4"

    /// Size of one element.
    public var bitCount: Int {
        switch self {
        case .float64, .int64, .uint64, .complex64: 64
        case .float32, .int32, .uint32: 32
        case .bfloat16, .float16, .int16, .uint16: 16
        case .int8, .uint8, .bool, .float8e5m2, .float8e4m3, .float8e8m0, .float8e4m3fnuz, .float8e5m2fnuz: 8
        case .float6e2m3, .float6e3m2: 6
        case .float4: 4
        }
    }

    /// Whether weights may have this type.
    public var holdsWeights: Bool {
        switch self {
        case .float32, .bfloat16, .float16: true
        default: false
        }
    }

    /// The spelling of PyTorch and of config.json, for the types that hold weights.
    public var torchName: String {
        switch self {
        case .float32: "float32"
        case .bfloat16: "bfloat16"
        case .float16: "float16"
        default: rawValue
        }
    }
}
