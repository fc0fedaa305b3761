import Digests
import Synchronization

/// A node's blobs in memory: what it pulled, and what it made and others may pull. The least recently used go first when
/// more than `limit` bytes are held, but none that a task at hand names: two of them may be more than the limit together.
final class BlobCache: Sendable {
    private struct State {
        var blobs: [Digest: [UInt8]] = [:]
        /// Least recently used first.
        var order: [Digest] = []
        var byteCount = 0
        /// What tasks at hand name.
        var needed: Set<Digest> = []

        /// The latest stays, whatever its size.
        mutating func shrink(to limit: Int) {
            while byteCount > limit, let first = order.dropLast().firstIndex(where: { !needed.contains($0) }) {
                byteCount -= blobs.removeValue(forKey: order.remove(at: first))?.count ?? 0
            }
        }
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
            state.shrink(to: limit)
        }
    }

    /// Holds these, as far as they are here and come, until others are named.
    func keep(_ needed: Set<Digest>) {
        state.withLock { state in
            guard needed != state.needed else { return }
            state.needed = needed
            state.shrink(to: limit)
        }
    }
}
