/// What the splitting patterns of byte-level tokenizers distinguish: `\p{L}`, `\p{N}`, `\s`, line ends, and the rest.
enum CharacterClass: UInt8 {
    case letter
    case number
    /// White space other than a line end.
    case space
    /// Carriage return or line feed.
    case lineEnd
    case other

    var isSpace: Bool { self == .space || self == .lineEnd }

    /// Class and length in bytes of the scalar at `index` of well-formed UTF-8.
    @inline(__always)
    static func at(_ index: Int, of bytes: [UInt8]) -> (CharacterClass, length: Int) {
        let first = bytes[index]
        return first < 0x80 ? (ascii[Int(first)], 1) : beyondASCII(first, index, bytes)
    }

    private static func beyondASCII(_ first: UInt8, _ index: Int, _ bytes: [UInt8]) -> (CharacterClass, length: Int) {
        let length = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4
        var value = UInt32(first) & (length == 2 ? 0x1F : length == 3 ? 0x0F : 0x07)
        for next in 1..<length where index + next < bytes.count {
            value = value << 6 | UInt32(bytes[index + next] & 0x3F)
        }
        return (Unicode.Scalar(value).map(of) ?? .other, length)
    }

    /// The class of a scalar.
    static func of(_ scalar: Unicode.Scalar) -> CharacterClass {
        if scalar == "\r" || scalar == "\n" { return .lineEnd }
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: return .letter
        case .decimalNumber, .letterNumber, .otherNumber: return .number
        default: return scalar.properties.isWhitespace ? .space : .other
        }
    }

    private static let ascii: [CharacterClass] = (0..<128).map { of(Unicode.Scalar(UInt8($0))) }
}
