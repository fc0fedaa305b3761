import RolloutCore
import RunStore

/// A blob on its way into the run directory; a download that a crash cut short goes on where it was.
struct BlobInStore: ArrivingBlob {
    private let partial: PartialBlob

    init(_ partial: PartialBlob) { self.partial = partial }

    mutating func resume(_ takes: ([UInt8]) -> Bool) throws(RunStoreError) {
        let found = try partial.received()
        var offset = 0
        while offset < found.byteCount {
            let count = min(BlobManifest.chunkByteCount, found.byteCount - offset)
            guard takes(try found.read(at: offset, count: count)) else { return try partial.truncate(to: offset) }
            offset += count
        }
    }

    mutating func append(_ bytes: [UInt8]) throws(RunStoreError) { try partial.append(bytes) }

    mutating func finish() throws(RunStoreError) { try partial.commit() }
}

extension BlobDownloads where Place == BlobInStore {
    /// Nothing under way into a run directory.
    init(into store: BlobStore) {
        self.init { manifest throws(RunStoreError) in BlobInStore(try store.partial(manifest.digest)) }
    }
}
