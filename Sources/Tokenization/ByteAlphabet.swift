/// The printable stand-ins of the 256 bytes in byte-level vocabularies.
///
/// Source: GPT-2's `bytes_to_unicode`. Printable Latin-1 stands for itself, every other byte for the next free scalar from
/// U+0100 on, so that a space is written Ġ and a line feed Ċ. No two sequences of these scalars are canonically equivalent.
enum ByteAlphabet {
    /// Byte → scalar.
    static let scalars: [Unicode.Scalar] = {
        var next: UInt32 = 0x100
        return (0...255).map { (byte: UInt32) in
            if (0x21...0x7E).contains(byte) || (0xA1...0xAC).contains(byte) || (0xAE...0xFF).contains(byte) {
                return Unicode.Scalar(UInt8(byte))
            }
            defer { next += 1 }
            return Unicode.Scalar(next) ?? "?"
        }
    }()

    /// Scalar → byte, for scalars below 0x144.
    private static let bytes: [UInt8?] = {
        var table = [UInt8?](repeating: nil, count: 0x144)
        for (byte, scalar) in scalars.enumerated() { table[Int(scalar.value)] = UInt8(byte) }
        return table
    }()

    /// What bytes look like in a vocabulary.
    static func text(of bytes: some Sequence<UInt8>) -> String {
        var text = String.UnicodeScalarView()
        for byte in bytes { text.append(scalars[Int(byte)]) }
        return String(text)
    }

    /// The bytes a token stands for; `nil` when it has scalars that stand for none.
    static func bytes(of token: String) -> [UInt8]? {
        var result: [UInt8] = []
        for scalar in token.unicodeScalars {
            guard scalar.value < bytes.count, let byte = bytes[Int(scalar.value)] else { return nil }
            result.append(byte)
        }
        return result
    }

    /// The order in which trainers number the bytes: by stand-in.
    static let byScalar: [UInt8] = (0...255).map { UInt8($0) }.sorted { scalars[Int($0)] < scalars[Int($1)] }
}
