import Compression
import Testing

@Suite struct ZstdTests {
    let content = (0..<5000).map { UInt8(truncatingIfNeeded: $0 / 7) }

    @Test(arguments: [-5, 1, 3, 19]) func roundTrip(level: Int) throws {
        let frame = try Zstd.compress(content, level: level)
        #expect(frame.count < content.count)
        #expect(try Zstd.decompress(frame, byteCount: content.count) == content)
    }

    @Test func nothingRoundTrips() throws {
        #expect(try Zstd.decompress(Zstd.compress([]), byteCount: 0) == [])
    }

    @Test(arguments: [-1, 0, 1, 4999, 5001, Int.max]) func refusesAnotherSize(byteCount: Int) throws {
        let frame = try Zstd.compress(content)
        #expect(throws: CompressionError.self) { try Zstd.decompress(frame, byteCount: byteCount) }
    }

    @Test func refusesEveryTruncation() throws {
        let frame = try Zstd.compress(content)
        for count in 0..<frame.count {
            #expect(throws: CompressionError.self) {
                try Zstd.decompress(Array(frame[..<count]), byteCount: content.count)
            }
        }
    }

    @Test func refusesWhatFollowsTheFrame() throws {
        let frame = try Zstd.compress(content)
        #expect(throws: CompressionError.self) { try Zstd.decompress(frame + [0], byteCount: content.count) }
        #expect(throws: CompressionError.self) { try Zstd.decompress(frame + frame, byteCount: content.count) }
        #expect(throws: CompressionError.self) { try Zstd.decompress(frame + frame, byteCount: 2 * content.count) }
    }

    @Test func refusesOtherBytesAndLevels() {
        #expect(throws: CompressionError.self) { try Zstd.decompress([1, 2, 3, 4, 5, 6, 7, 8, 9], byteCount: 9) }
        #expect(throws: CompressionError.self) { try Zstd.compress(content, level: 99) }
    }
}
