import RolloutCore
import RunStore

// Both sides answer requests for chunks: nodes from memory, the coordinator from its blob store.
extension Chunk {
    /// Most chunks answered to one request, whatever it asks for.
    private static let limit = 16

    /// The chunks a request asks for; one empty chunk when the blob is not here.
    static func answers(to request: ChunkRequest, from bytes: [UInt8]?) -> [Chunk] {
        guard let bytes else { return [absent(request)] }
        return answers(to: request, byteCount: bytes.count) { Array(bytes[$0..<$0 + $1]) }
    }

    /// The chunks a request asks for; one empty chunk when the blob is not here or cannot be read.
    static func answers(to request: ChunkRequest, from blob: Blob?) -> [Chunk] {
        guard let blob else { return [absent(request)] }
        return answers(to: request, byteCount: blob.byteCount) { try? blob.read(at: $0, count: $1) }
    }

    private static func absent(_ request: ChunkRequest) -> Chunk {
        Chunk(blob: request.blob, index: request.first, bytes: [])
    }

    private static func answers(
        to request: ChunkRequest, byteCount: Int, read: (_ offset: Int, _ count: Int) -> [UInt8]?
    ) -> [Chunk] {
        let size = BlobManifest.chunkByteCount
        var chunks: [Chunk] = []
        for index in Int(request.first)..<Int(request.first) + min(Int(request.count), limit) {
            let start = index * size
            guard start < byteCount else { break }
            guard let bytes = read(start, min(size, byteCount - start)) else { return [absent(request)] }
            chunks.append(Chunk(blob: request.blob, index: UInt32(index), bytes: bytes))
        }
        return chunks
    }
}
