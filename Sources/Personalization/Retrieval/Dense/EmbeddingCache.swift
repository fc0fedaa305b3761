import Digests
import Numerics
import Synchronization

/// The vectors of texts, each computed once as long as there is room: the last ones in memory, all of them in a file when a
/// directory is given.
///
/// Content-addressed: the encoder's digest names the file, the text's digest the record. A vector is the same bits wherever
/// it comes from, so what is kept, dropped or shared with other runs never changes a ranking.
public final class EmbeddingCache: Sendable {
    /// How often vectors were found and computed.
    public struct Counts: Sendable, Equatable {
        /// Texts whose vector was there.
        public var found = 0
        /// Texts whose vector was computed.
        public var computed = 0
    }

    fileprivate struct State {
        var memory: [Digest: Vector] = [:]
        /// Of `memory`, oldest first from `oldest` on.
        var order: [Digest] = []
        var oldest = 0
        var counts = Counts()
        var file: EmbeddingFile?

        init(file: EmbeddingFile?) { self.file = file }
    }

    private let embedder: any TextEmbedder
    private let capacity: Int
    private let state: Mutex<State>

    /// A cache for one encoder.
    ///
    /// - Parameters:
    ///   - directory: where vectors stay from one process to the next; nil keeps them in memory alone.
    ///   - memory: bytes of vectors in memory at most.
    ///   - disk: bytes of the file at most.
    /// - Throws: `FileError` when the directory cannot be used.
    public init(
        _ embedder: any TextEmbedder, directory: String? = nil, memory: Int = 256 << 20, disk: Int = 4 << 30
    ) throws {
        self.embedder = embedder
        capacity = max(1, memory / (4 * max(1, embedder.dimension)))
        let file = try directory.map {
            try EmbeddingFile(directory: $0, encoder: embedder.digest, dimension: embedder.dimension, limit: disk)
        }
        state = Mutex(State(file: file))
    }

    /// What has been found and computed so far.
    public var counts: Counts { state.withLock { $0.counts } }

    /// Why vectors are computed that do not stay, if that is so: one sentence.
    public var warning: String? { state.withLock { $0.file?.idleReason } }

    /// One vector for each of these texts.
    ///
    /// - Parameter progress: called with the number of texts that need no more work, from any thread.
    /// - Throws: `RetrievalError` when the encoder computes something that is no number, or the file cannot be used.
    func vectors(
        _ texts: [Digest: String], order: [Digest], threads: Int, progress: (@Sendable (Int) -> Void)?
    ) throws(RetrievalError) -> [Digest: Vector] {
        var vectors: [Digest: Vector] = [:]
        var missing: [Digest] = []
        do {
            try state.withLock { state in
                for digest in order {
                    if let vector = try state.memory[digest] ?? state.file?.vector(digest) {
                        vectors[digest] = vector
                    } else {
                        missing.append(digest)
                    }
                }
                state.counts.found += vectors.count
                state.counts.computed += missing.count
            }
        } catch {
            throw RetrievalError("\(error)")
        }
        progress?(vectors.count)
        let computed = embedder.embed(missing.map { texts[$0] ?? "" }, threads: threads, progress: progress)
        for (digest, vector) in zip(missing, computed) {
            guard vector.sumOfSquares.isFinite else {
                throw RetrievalError(
                    """
                    the encoder \(embedder.digest.short) gives no number for a text \
                    (\((texts[digest] ?? "").prefix(40))…); is its checkpoint damaged?
                    """)
            }
            vectors[digest] = vector
        }
        let new = zip(missing, computed).map { (text: $0, vector: $1) }
        do {
            try state.withLock { state in
                try state.file?.add(new)
                for (digest, vector) in new { state.keep(vector, of: digest, capacity: capacity) }
            }
        } catch {
            throw RetrievalError("\(error)")
        }
        return vectors
    }
}

extension EmbeddingCache.State {
    fileprivate mutating func keep(_ vector: Vector, of digest: Digest, capacity: Int) {
        guard memory.updateValue(vector, forKey: digest) == nil else { return }
        order.append(digest)
        if memory.count > capacity {
            memory[order[oldest]] = nil
            oldest += 1
        }
        if oldest > order.count / 2, oldest > 1024 {
            order.removeFirst(oldest)
            oldest = 0
        }
    }
}

/// Why documents cannot be ranked: one sentence.
public struct RetrievalError: Error, CustomStringConvertible, Sendable {
    /// The sentence.
    public let description: String

    init(_ description: String) { self.description = description }
}
