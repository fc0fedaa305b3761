import CWire
import Digests
import RolloutCore

// C messages of blobs.proto to Swift values.

func readManifest(_ message: UnsafeMutablePointer<Reprise__V1__BlobManifest>) throws(WireError) -> BlobManifest {
    let packed = unsafe UnsafeBufferPointer(
        start: message.pointee.chunk_digests.data, count: message.pointee.chunk_digests.len)
    guard packed.count.isMultiple(of: 32) else {
        throw .invalid(field: "BlobManifest.chunk_digests", problem: "is not a whole number of 32-byte digests")
    }
    var chunks: [Digest] = []
    chunks.reserveCapacity(packed.count / 32)
    for start in stride(from: 0, to: packed.count, by: 32) {
        guard let chunk = unsafe Digest(bytes: packed[start..<start + 32]) else { continue }
        chunks.append(chunk)
    }
    return try unsafe BlobManifest(
        digest: readDigest(message.pointee.digest, "BlobManifest.digest"),
        byteCount: message.pointee.byte_count, chunks: chunks)
}

func readManifest(_ message: UnsafeMutablePointer<Reprise__V1__BaseManifest>) throws(WireError) -> BaseManifest {
    try unsafe BaseManifest(
        weights: readDigest(message.pointee.weights, "BaseManifest.weights"),
        blob: readManifest(required(message.pointee.blob, "BaseManifest.blob")))
}

func readManifest(_ message: UnsafeMutablePointer<Reprise__V1__PolicyManifest>) throws(WireError) -> PolicyManifest {
    var delta: BlobManifest?
    if let message = unsafe message.pointee.delta { delta = try unsafe readManifest(message) }
    return try unsafe PolicyManifest(
        version: message.pointee.version,
        base: readDigest(message.pointee.base_weights, "PolicyManifest.base_weights"),
        weights: readDigest(message.pointee.weights, "PolicyManifest.weights"),
        delta: delta)
}

func readChunkRequest(_ message: UnsafeMutablePointer<Reprise__V1__ChunkRequest>) throws(WireError) -> ChunkRequest {
    try unsafe ChunkRequest(
        blob: readDigest(message.pointee.blob, "ChunkRequest.blob"),
        first: message.pointee.first, count: message.pointee.count)
}

func readChunk(_ message: UnsafeMutablePointer<Reprise__V1__Chunk>) throws(WireError) -> Chunk {
    try unsafe Chunk(
        blob: readDigest(message.pointee.blob, "Chunk.blob"),
        index: message.pointee.index, bytes: readBytes(message.pointee.content))
}
