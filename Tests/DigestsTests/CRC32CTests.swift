import Digests
import Testing

@Suite struct CRC32CTests {
    // RFC 3720, appendix B.4, and the usual check value.
    @Test(
        arguments: [
            ([UInt8](repeating: 0, count: 32), 0x8A91_36AA),
            ([UInt8](repeating: 255, count: 32), 0x62A8_AB43),
            ([UInt8](0..<32), 0x46DD_794E),
            ([UInt8]((0..<32).reversed()), 0x113F_DB5C),
            (Array("123456789".utf8), 0xE306_9283),
            ([], 0),
        ] as [([UInt8], UInt32)])
    func knownAnswers(bytes: [UInt8], checksum: UInt32) {
        #expect(CRC32C.checksum(bytes) == checksum)
    }

    @Test func everyLengthAgreesWithTheDefinition() {
        let bytes = (0..<64).map { UInt8(truncatingIfNeeded: $0 * $0 + 13) }
        for count in 0...bytes.count {
            var remainder = ~UInt32(0)
            for byte in bytes[..<count] {
                remainder ^= UInt32(byte)
                for _ in 0..<8 { remainder = remainder >> 1 ^ (remainder & 1) * 0x82F6_3B78 }
            }
            #expect(CRC32C.checksum(Array(bytes[..<count])) == ~remainder, "\(count) bytes")
        }
    }
}
