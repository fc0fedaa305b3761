// Both sides answer requests for chunks: nodes from memory, the coordinator from its blob store.
extension Chunk {
    /// Most chunks answered to one request, whatever it asks for.
    public static let answerLimit = 16

    /// The chunks a request asks for; one empty chunk when the blob is not here.
    public static func answers(
        to request: ChunkRequest, from bytes: [UInt8]?, chunkByteCount: Int = BlobManifest.chunkByteCount
    ) -> [Chunk] {
        guard let bytes else { return [absent(request)] }
        return answers(to: request, byteCount: bytes.count, chunkByteCount: chunkByteCount) {
            Array(bytes[$0..<$0 + $1])
        }
    }

    /// The chunks a request asks for; one empty chunk when `read` cannot give one of them.
    public static func answers(
        to request: ChunkRequest, byteCount: Int, chunkByteCount size: Int = BlobManifest.chunkByteCount,
        read: (_ offset: Int, _ count: Int) -> [UInt8]?
    ) -> [Chunk] {
        var chunks: [Chunk] = []
        for index in Int(request.first)..<Int(request.first) + min(Int(request.count), answerLimit) {
            let start = index * size
            guard start < byteCount else { break }
            guard let bytes = read(start, min(size, byteCount - start)) else { return [absent(request)] }
            chunks.append(Chunk(blob: request.blob, index: UInt32(index), bytes: bytes))
        }
        return chunks
    }

    /// Says that the blob is not here.
    public static func absent(_ request: ChunkRequest) -> Chunk {
        Chunk(blob: request.blob, index: request.first, bytes: [])
    }
}
