/// CRC-32C, the Castagnoli polynomial 0x1EDC6F41 in reflected form (RFC 3720, appendix B.4).
///
/// Guards frames and chunks against faults of memory and network, not against an adversary. Slicing-by-8 (Kounavis and
/// Berry, 2005): eight table look-ups take in eight bytes at once.
public enum CRC32C {
    /// The checksum of the bytes.
    public static func checksum(_ bytes: [UInt8]) -> UInt32 { unsafe checksum(bytes.span.bytes) }

    /// The checksum of the bytes.
    public static func checksum(_ bytes: RawSpan) -> UInt32 {
        unsafe bytes.withUnsafeBytes { buffer in
            unsafe tables.withUnsafeBufferPointer { tables in unsafe ~update(~0, buffer, tables) }
        }
    }

    /// Table `k` (256 entries from `k * 256`) advances a byte's remainder over `k` further zero bytes.
    private static let tables: [UInt32] = {
        var tables = [UInt32](repeating: 0, count: 8 * 256)
        for byte in 0..<256 {
            var remainder = UInt32(byte)
            for _ in 0..<8 { remainder = remainder & 1 == 1 ? remainder >> 1 ^ 0x82F6_3B78 : remainder >> 1 }
            tables[byte] = remainder
        }
        for index in 256..<tables.count {
            let previous = tables[index - 256]
            tables[index] = previous >> 8 ^ tables[Int(previous & 0xFF)]
        }
        return tables
    }()

    private static func update(
        _ state: UInt32, _ bytes: UnsafeRawBufferPointer, _ tables: UnsafeBufferPointer<UInt32>
    ) -> UInt32 {
        var state = state
        var offset = 0
        while offset + 8 <= bytes.count {
            let word =
                unsafe UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
                ^ UInt64(state)
            state = 0
            for index in 0..<8 {
                unsafe state ^= tables[(7 - index) << 8 | Int(word >> UInt64(index * 8) & 0xFF)]
            }
            offset += 8
        }
        while offset < bytes.count {
            unsafe state = state >> 8 ^ tables[Int((state ^ UInt32(bytes[offset])) & 0xFF)]
            offset += 1
        }
        return state
    }
}
