import Configuration
import Digests
import Encoder
import Foundation
import Personalization
public import RolloutCore

/// How far the search through profiles is: what `PreparedRun` tells while it goes on.
public struct SearchProgress: Sendable, Equatable {
    /// The split whose prompts are being prepared.
    public var split: Split
    /// Queries and documents that need no more work.
    public var done: Int
    /// All of them.
    public var total: Int
    /// Since the split's search began.
    public var elapsed: Duration

    /// Queries and documents a second.
    public var rate: Double { Double(done) / max(elapsed / .seconds(1), 1e-9) }
    /// Time left at this rate; nil before anything is done.
    public var left: Duration? { done > 0 ? elapsed * (Double(total - done) / Double(done)) : nil }
}

/// The configuration's retriever, with all of the machine's threads: nothing else runs while a run is prepared.
struct ProfileSearch {
    let retriever: Retriever
    /// Identity of a dense retriever's encoder; nil for the others.
    let encoder: Digest?
    private let cache: EmbeddingCache?
    private let k: Int
    private let report: (@Sendable (SearchProgress) -> Void)?

    /// Loads what the retriever needs.
    ///
    /// - Parameter embeddings: where vectors stay for the next preparation, such as a resumed run's.
    /// - Throws: one sentence about the encoder or the directory that cannot be used.
    init(
        _ configuration: RunConfiguration, embeddings: String?, report: (@Sendable (SearchProgress) -> Void)?
    ) throws {
        let personalization = configuration.personalization
        k = personalization.documents
        self.report = report
        guard personalization.retriever == .dense else {
            (encoder, cache) = (nil, nil)
            retriever =
                switch personalization.retriever {
                case .bm25:
                    .bm25(
                        BM25.Parameters(
                            k1: personalization.bm25.k1, b: personalization.bm25.b,
                            epsilon: personalization.bm25.epsilon))
                case .recent: .recent
                case .first: .first
                case .random: .random(seed: configuration.run.seed)
                case .none, .dense: .none
                }
            return
        }
        let dense = personalization.dense
        let encoder = try TextEncoder.load(
            directory: dense.model, maxTokens: dense.maxTokens == 0 ? nil : dense.maxTokens)
        let cache = try EmbeddingCache(encoder, directory: embeddings)
        (self.encoder, self.cache) = (encoder.digest, cache)
        retriever = .dense(
            DenseRetriever(
                cache, similarity: DenseRetriever.Similarity(rawValue: dense.similarity.rawValue) ?? .dot))
    }

    /// The documents of each example's prompt.
    func rank(_ examples: [Example], split: Split) throws -> [Retriever.Ranking] {
        let meter = SearchMeter(
            split: split, total: examples.reduce(0) { $0 + Retriever.textCount($1) }, report: report)
        return try retriever.rank(
            examples, k: k, threads: ProcessInfo.processInfo.activeProcessorCount, progress: { meter.add($0) })
    }

    /// What was computed: lines for people.
    var summary: [String] {
        guard let encoder, let counts = cache?.counts else { return [] }
        let line = "encoder \(encoder.short): \(counts.computed) texts embedded, \(counts.found) found"
        return [line] + (cache?.warning.map { ["note: \($0)"] } ?? [])
    }
}
