import Compression
import Testing

@Suite struct GzipTests {
    let content = (0..<600_000).map { UInt8(truncatingIfNeeded: $0 / 7 ^ $0 / 1000) }

    @Test func roundTrip() throws {
        let member = try Gzip.compress(content)
        #expect(member.starts(with: Gzip.magic))
        #expect(member.count < content.count)
        #expect(try Gzip.decompress(member, limit: content.count) == content)
        #expect(try Gzip.decompress(Gzip.compress([]), limit: 0) == [])
    }

    @Test func readsWhatGzipWrote() throws {
        // printf 'hello\n' | gzip -n
        let member: [UInt8] = [
            0x1F, 0x8B, 0x08, 0, 0, 0, 0, 0, 0, 0x03, 0xCB, 0x48, 0xCD, 0xC9, 0xC9, 0xE7, 0x02, 0, 0x20, 0x30, 0x3A,
            0x36,
            0x06, 0, 0, 0,
        ]
        #expect(try Gzip.decompress(member, limit: 6) == Array("hello\n".utf8))
        #expect(try Gzip.decompress(member + member, limit: 12) == Array("hello\nhello\n".utf8))
    }

    @Test func headerHasNoTimeAndNoSystem() throws {
        let member = try Gzip.compress(content)
        #expect(member[4..<8] == [0, 0, 0, 0])
        #expect(member[9] == 255)
    }

    @Test func refusesMoreThanTheLimit() throws {
        let member = try Gzip.compress(content)
        #expect(throws: CompressionError.self) { try Gzip.decompress(member, limit: content.count - 1) }
    }

    @Test func refusesTruncationDamageAndTrailingBytes() throws {
        let member = try Gzip.compress(Array(content[..<3000]))
        for count in 0..<member.count {
            #expect(throws: CompressionError.self) { try Gzip.decompress(Array(member[..<count]), limit: 1 << 20) }
        }
        var damaged = member
        damaged[member.count - 5] ^= 1
        #expect(throws: CompressionError.self) { try Gzip.decompress(damaged, limit: 1 << 20) }
        #expect(throws: CompressionError.self) { try Gzip.decompress(member + [0], limit: 1 << 20) }
        #expect(throws: CompressionError.self) { try Gzip.decompress([], limit: 1 << 20) }
    }
}
