/// Reads a binary format field by field; whatever would reach beyond the end is an error, never a trap.
struct ByteReader {
    let bytes: [UInt8]
    /// What error sentences call the bytes.
    let what: String
    private(set) var offset = 0

    init(_ bytes: [UInt8], what: String) {
        self.bytes = bytes
        self.what = what
    }

    var remaining: Int { bytes.count - offset }

    mutating func take(_ count: Int) throws(CheckpointError) -> ArraySlice<UInt8> {
        guard count >= 0, count <= remaining else {
            throw CheckpointError(
                "\(what) is damaged: it ends at byte \(bytes.count), before what its header declares.")
        }
        defer { offset += count }
        return bytes[offset..<offset + count]
    }

    /// A little-endian integer.
    mutating func integer<T: FixedWidthInteger & UnsignedInteger>(_: T.Type) throws(CheckpointError) -> T {
        try take(T.bitWidth / 8).reversed().reduce(0) { $0 << 8 | T($1) }
    }

    /// A little-endian 64-bit count that fits an `Int`.
    mutating func count() throws(CheckpointError) -> Int {
        guard let count = Int(exactly: try integer(UInt64.self)) else {
            throw CheckpointError("\(what) is damaged: it declares a size beyond 2⁶³.")
        }
        return count
    }

    /// UTF-8 after its length in 16 bits.
    mutating func text() throws(CheckpointError) -> String {
        let bytes = try take(Int(try integer(UInt16.self)))
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw CheckpointError("\(what) is damaged: a name is not UTF-8.")
        }
        return text
    }
}

extension [UInt8] {
    /// Little-endian.
    mutating func append(integer value: some FixedWidthInteger & UnsignedInteger) {
        for shift in stride(from: 0, to: value.bitWidth, by: 8) { append(UInt8(truncatingIfNeeded: value >> shift)) }
    }

    /// UTF-8 after its length in 16 bits.
    mutating func append(text: String) throws(CheckpointError) {
        guard let count = UInt16(exactly: text.utf8.count) else {
            throw CheckpointError("The name \(text.prefix(40))… is longer than 65535 bytes.")
        }
        append(integer: count)
        append(contentsOf: text.utf8)
    }
}
