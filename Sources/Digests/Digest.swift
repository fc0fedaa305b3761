/// A SHA-256 digest (FIPS 180-4).
///
/// Four big-endian words instead of a byte array: digests are dictionary keys and journal fields everywhere, so they are
/// copied, compared and hashed without touching the heap. The order is that of the bytes, and of the hexadecimal text.
public struct Digest: Hashable, Sendable {
    private var word0: UInt64 = 0
    private var word1: UInt64 = 0
    private var word2: UInt64 = 0
    private var word3: UInt64 = 0

    private init() {}

    /// Takes exactly 32 bytes; any other count gives nil.
    public init?(bytes: some Collection<UInt8>) {
        guard bytes.count == 32 else { return nil }
        for byte in bytes {
            word0 = word0 << 8 | word1 >> 56
            word1 = word1 << 8 | word2 >> 56
            word2 = word2 << 8 | word3 >> 56
            word3 = word3 << 8 | UInt64(byte)
        }
    }

    /// The digest that is all zeros: stands for "none" where a field cannot be absent.
    public static let zero = Digest()

    /// The 32 bytes.
    public var bytes: [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(32)
        for word in [word0, word1, word2, word3] {
            for shift in stride(from: UInt64(56), through: 0, by: -8) {
                result.append(UInt8(truncatingIfNeeded: word >> shift))
            }
        }
        return result
    }

    /// The first 12 hexadecimal digits, for people to read.
    public var short: String { String(description.prefix(12)) }

    /// SHA-256 of the bytes.
    public static func of(_ bytes: [UInt8]) -> Digest {
        var stream = StreamingDigest()
        stream.update(bytes)
        return stream.finish()
    }

    /// SHA-256 of the text's UTF-8.
    public static func of(_ text: String) -> Digest { of(Array(text.utf8)) }
}

extension Digest: Comparable {
    /// The order of the bytes.
    public static func < (left: Digest, right: Digest) -> Bool {
        (left.word0, left.word1, left.word2, left.word3) < (right.word0, right.word1, right.word2, right.word3)
    }
}

extension Digest: LosslessStringConvertible {
    /// Reads 64 hexadecimal digits, lower or upper case; anything else gives nil.
    public init?(_ hex: String) {
        let digits = Array(hex.utf8)
        guard digits.count == 64 else { return nil }
        var bytes: [UInt8] = []
        for index in stride(from: 0, to: 64, by: 2) {
            guard let high = Digest.value(ofDigit: digits[index]), let low = Digest.value(ofDigit: digits[index + 1])
            else {
                return nil
            }
            bytes.append(high << 4 | low)
        }
        self.init(bytes: bytes)
    }

    /// 64 lower-case hexadecimal digits.
    public var description: String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    private static func value(ofDigit digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
