import Digests
import Synchronization

/// A node's blobs in memory: what it pulled, and what it made and others may pull. The least recently used go first when
/// more than `limit` bytes are held.
final class BlobCache: Sendable {
    private struct State {
        var blobs: [Digest: [UInt8]] = [:]
        /// Least recently used first.
        var order: [Digest] = []
        var byteCount = 0
    }

    private let state = Mutex(State())
    private let limit: Int

    init(limit: Int = 1 << 30) {
        self.limit = limit
    }

    subscript(digest: Digest) -> [UInt8]? {
        state.withLock { state in
            guard let bytes = state.blobs[digest] else { return nil }
            state.order.removeAll { $0 == digest }
            state.order.append(digest)
            return bytes
        }
    }

    func insert(_ bytes: [UInt8], as digest: Digest) {
        state.withLock { state in
            guard state.blobs.updateValue(bytes, forKey: digest) == nil else { return }
            state.order.append(digest)
            state.byteCount += bytes.count
            while state.byteCount > limit, state.order.count > 1 {
                state.byteCount -= state.blobs.removeValue(forKey: state.order.removeFirst())?.count ?? 0
            }
        }
    }
}
