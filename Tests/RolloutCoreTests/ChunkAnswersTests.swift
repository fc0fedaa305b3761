import Digests
import Testing

@testable import RolloutCore

@Suite struct ChunkAnswersTests {
    private let size = BlobManifest.chunkByteCount

    private func answers(_ first: UInt32, _ count: UInt32, of bytes: [UInt8]?) -> [Chunk] {
        Chunk.answers(to: ChunkRequest(blob: .zero, first: first, count: count), from: bytes)
    }

    @Test func chunksAreCutWhereTheManifestCutsThem() {
        let bytes = (0..<size * 2 + 5).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        let chunks = answers(0, 8, of: bytes)
        #expect(chunks.map(\.index) == [0, 1, 2])
        #expect(chunks.map(\.bytes.count) == [size, size, 5])
        #expect(chunks.map { Digest.of($0.bytes) } == BlobManifest(of: bytes).chunks)
        #expect(answers(2, 1, of: bytes) == [chunks[2]])
    }

    @Test func onlyWhatThereIsIsAnswered() {
        #expect(answers(1, 4, of: [1, 2, 3]) == [])
        #expect(answers(0, 0, of: [1, 2, 3]) == [])
        #expect(answers(.max, .max, of: [1, 2, 3]) == [])
    }

    @Test func aRequestGetsSixteenChunksAtMost() {
        let bytes = [UInt8](repeating: 1, count: size * 20)
        #expect(answers(0, 1024, of: bytes).map(\.index) == Array(0..<16))
        #expect(answers(10, 1024, of: bytes).map(\.index) == Array(10..<20))
    }

    @Test func anAbsentBlobIsOneEmptyChunk() {
        #expect(answers(3, 2, of: nil) == [Chunk(blob: .zero, index: 3, bytes: [])])
    }
}
