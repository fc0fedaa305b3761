#if _endian(big)
    #error("Lists of numbers are digested as they lie in memory, which must be little-endian.")
#endif

/// The digest of a list of typed fields.
///
/// Every field is framed: one byte of type, eight little-endian bytes of length, then the bytes. Two different lists of
/// fields therefore never feed the same bytes to SHA-256: ("ab", "c") and ("a", "bc") differ, so do the integer 1 and the
/// text "1". The domain keeps digests of different kinds of thing apart. Numbers go in as their bit patterns, so that
/// 0.0 and -0.0 differ and a NaN equals itself.
public struct DigestBuilder: Sendable {
    private var stream = StreamingDigest()

    /// Starts the digest of one kind of thing, such as `"task"`.
    public init(_ domain: String) { frame(.domain, Array(domain.utf8)) }

    /// Adds text, as UTF-8.
    public mutating func add(_ value: String) { frame(.text, Array(value.utf8)) }

    /// Adds an unsigned integer.
    public mutating func add(_ value: UInt64) { frame(.unsigned, littleEndian(value)) }

    /// Adds a signed integer.
    public mutating func add(_ value: Int) { frame(.signed, littleEndian(UInt64(bitPattern: Int64(value)))) }

    /// Adds a truth value.
    public mutating func add(_ value: Bool) { frame(.truth, [value ? 1 : 0]) }

    /// Adds a double's bit pattern.
    public mutating func add(_ value: Double) { frame(.double, littleEndian(value.bitPattern)) }

    /// Adds a float's bit pattern.
    public mutating func add(_ value: Float) { frame(.float, littleEndian(value.bitPattern)) }

    /// Adds bytes.
    public mutating func add(_ value: [UInt8]) { frame(.bytes, value) }

    /// Adds a list of integers, such as token ids.
    public mutating func add(_ value: [Int32]) {
        frame(.integers, value.flatMap { littleEndian(UInt32(bitPattern: $0)) })
    }

    /// Adds a list of floats' bit patterns.
    public mutating func add(_ value: [Float]) { unsafe frame(.floats, value.span.bytes) }

    /// Adds another digest.
    public mutating func add(_ value: Digest) { frame(.digest, value.bytes) }

    /// The digest of the fields so far. More may be added afterwards.
    public mutating func finish() -> Digest { stream.finish() }

    // These numbers are part of every stored digest: never change one, never use one again.
    private enum Field: UInt8 {
        case domain = 0
        case text, unsigned, signed, truth, double, float, bytes, integers, floats, digest
    }

    private mutating func frame(_ field: Field, _ bytes: [UInt8]) { unsafe frame(field, bytes.span.bytes) }

    private mutating func frame(_ field: Field, _ bytes: RawSpan) {
        stream.update([field.rawValue] + littleEndian(UInt64(bytes.byteCount)))
        stream.update(bytes)
    }

    private func littleEndian<Value: FixedWidthInteger>(_ value: Value) -> [UInt8] {
        (0..<Value.bitWidth / 8).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
    }
}
