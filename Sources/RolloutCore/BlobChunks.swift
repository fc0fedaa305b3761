import Digests

extension BlobManifest {
    /// The manifest of a blob held in memory.
    public init(of bytes: [UInt8], chunkByteCount size: Int = BlobManifest.chunkByteCount) {
        let chunks = stride(from: 0, to: bytes.count, by: size).map { start in
            Digest.of(Array(bytes[start..<min(start + size, bytes.count)]))
        }
        self.init(digest: Digest.of(bytes), byteCount: UInt64(bytes.count), chunks: chunks, chunkByteCount: size)
    }

    /// Whether the number of chunks is what the length needs.
    public var isConsistent: Bool {
        let size = UInt64(chunkByteCount)
        return UInt64(chunks.count) == byteCount / size + (byteCount % size == 0 ? 0 : 1)
    }

    /// The bytes of a chunk within the blob.
    public func range(ofChunk index: Int) -> Range<Int> {
        let end = Int(clamping: byteCount)
        let start = min(index * chunkByteCount, end)
        return start..<min(start + chunkByteCount, end)
    }
}
