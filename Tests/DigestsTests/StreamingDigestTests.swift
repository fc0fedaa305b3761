import Digests
import Testing

@Suite struct StreamingDigestTests {
    @Test(arguments: [1, 3, 63, 64, 65, 999]) func piecesDoNotMatter(piece: Int) {
        let bytes = (0..<1000).map { UInt8(truncatingIfNeeded: $0 * 7) }
        var stream = StreamingDigest()
        for start in stride(from: 0, to: bytes.count, by: piece) {
            stream.update(Array(bytes[start..<min(start + piece, bytes.count)]))
        }
        #expect(stream.finish() == Digest.of(bytes))
    }

    @Test func finishingLeavesTheStreamOpen() {
        var stream = StreamingDigest()
        stream.update(Array("ab".utf8))
        #expect(stream.finish() == Digest.of("ab"))
        stream.update(Array("c".utf8))
        #expect(stream.finish() == Digest.of("abc"))
    }

    @Test func nothing() {
        var stream = StreamingDigest()
        stream.update([])
        #expect(stream.finish() == Digest.of([]))
    }
}
