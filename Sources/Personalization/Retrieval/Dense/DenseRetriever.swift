import Digests
import Numerics

/// Ranks documents by the likeness of their vectors to the query's, as REST-PG does with Contriever (arXiv 2112.09118):
/// query and documents go through one encoder, and their scalar product or cosine is the score.
public struct DenseRetriever: Sendable {
    /// How two vectors are compared.
    public enum Similarity: String, Sendable, CaseIterable {
        /// The scalar product: what Contriever was trained for.
        case dot
        /// The scalar product of the vectors at length 1: what sentence encoders of the MiniLM kind were trained for.
        case cosine
    }

    /// Where vectors come from.
    public let cache: EmbeddingCache
    /// How they are compared.
    public let similarity: Similarity

    /// Puts a retriever together.
    public init(_ cache: EmbeddingCache, similarity: Similarity = .dot) {
        self.cache = cache
        self.similarity = similarity
    }

    /// Texts whose vectors are held at a time.
    private static let blockSize = 2048

    /// Scores of every document of every example, in their order.
    ///
    /// Examples are taken in blocks, so that memory does not grow with the data set; a text that several rows of a block
    /// have is embedded once, and so is one that the cache still holds.
    func scores(
        _ examples: [Example], threads: Int, progress: (@Sendable (Int) -> Void)?
    ) throws(RetrievalError) -> [[Double]] {
        var scores: [[Double]] = []
        scores.reserveCapacity(examples.count)
        var next = 0
        while next < examples.count {
            var block = Block()
            let first = next
            while next < examples.count, next == first || block.order.count < Self.blockSize {
                block.add(examples[next])
                next += 1
            }
            progress?(block.repeats)
            let vectors = try cache.vectors(block.texts, order: block.order, threads: threads, progress: progress)
            scores += block.rows.map { row in
                guard let query = vectors[row.query] else { return [] }
                return row.documents.map { vectors[$0].map { score(query, $0) } ?? 0 }
            }
        }
        return scores
    }

    private func score(_ query: Vector, _ document: Vector) -> Double {
        let product = query.dot(document)
        switch similarity {
        case .dot: return product
        case .cosine:
            let lengths = (query.sumOfSquares * document.sumOfSquares).squareRoot()
            return lengths > 0 ? product / lengths : 0
        }
    }

    /// Examples whose texts are embedded together.
    private struct Block {
        var texts: [Digest: String] = [:]
        /// Of `texts`, by first appearance.
        var order: [Digest] = []
        var rows: [(query: Digest, documents: [Digest])] = []
        /// Texts that had come before.
        var repeats = 0

        mutating func add(_ example: Example) {
            let query = add(example.task.query(input: example.input))
            let documents = example.profile.map { add($0.searchText) }
            rows.append((query, documents))
        }

        private mutating func add(_ text: String) -> Digest {
            let digest = Digest.of(text)
            if texts.updateValue(text, forKey: digest) == nil { order.append(digest) } else { repeats += 1 }
            return digest
        }
    }
}
