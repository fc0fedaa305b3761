import CWire
import Digests
import RolloutCore

// Swift values to C messages of blobs.proto.

extension Arena {
    func digest(_ digest: Digest) -> ProtobufCBinaryData { unsafe bytes(digest.bytes) }

    func manifest(_ value: BlobManifest) -> UnsafeMutablePointer<Reprise__V1__BlobManifest> {
        unsafe make(reprise__v1__blob_manifest__init) { message in
            unsafe message.digest = digest(value.digest)
            unsafe message.byte_count = value.byteCount
            unsafe message.chunk_digests = bytes(value.chunks.flatMap(\.bytes))
        }
    }

    func manifest(_ value: BaseManifest) -> UnsafeMutablePointer<Reprise__V1__BaseManifest> {
        unsafe make(reprise__v1__base_manifest__init) { message in
            unsafe message.weights = digest(value.weights)
            unsafe message.blob = manifest(value.blob)
        }
    }

    func manifest(_ value: PolicyManifest) -> UnsafeMutablePointer<Reprise__V1__PolicyManifest> {
        unsafe make(reprise__v1__policy_manifest__init) { message in
            unsafe message.version = value.version
            unsafe message.base_weights = digest(value.base)
            unsafe message.weights = digest(value.weights)
            if let delta = value.delta { unsafe message.delta = manifest(delta) }
        }
    }

    func chunkRequest(_ value: ChunkRequest) -> UnsafeMutablePointer<Reprise__V1__ChunkRequest> {
        unsafe make(reprise__v1__chunk_request__init) { message in
            unsafe message.blob = digest(value.blob)
            unsafe message.first = value.first
            unsafe message.count = value.count
        }
    }

    func chunk(_ value: Chunk) -> UnsafeMutablePointer<Reprise__V1__Chunk> {
        unsafe make(reprise__v1__chunk__init) { message in
            unsafe message.blob = digest(value.blob)
            unsafe message.index = value.index
            unsafe message.content = bytes(value.bytes)
        }
    }
}
