import Checkpoints
import Numerics

/// Log-probabilities and logits of given sequences: what `reprise logprobs` prints.
///
/// For tokens that `Generator` drew these are the bits it reported. Not thread-safe: one scorer a thread, over shared
/// weights.
public final class SequenceScorer {
    /// The policy.
    public let weights: PolicyWeights
    private var work: InferenceWorkspace

    /// A scorer with working memory of its own.
    public init(weights: PolicyWeights) {
        self.weights = weights
        work = InferenceWorkspace(weights.geometry)
    }

    /// log p(tokens[i + 1] | tokens[0...i]) for each i: one fewer than tokens, because nothing predicts the first.
    /// - Throws: `GenerationError` when there is no token, one is unknown, or the context is too short.
    public func logProbabilities(_ tokens: [Int32]) throws(GenerationError) -> [Float] {
        var result: [Float] = []
        result.reserveCapacity(tokens.count)
        try forEachBlock(tokens, rows: max(tokens.count - 1, 0)) { first, logits in
            result += Logits.logProbabilities(logits, of: Array(tokens[first + 1..<first + 1 + logits.rows]))
        }
        return result
    }

    /// The logits after each token: [tokens, vocabulary], row after row.
    /// - Throws: `GenerationError` when there is no token, one is unknown, or the context is too short.
    public func logits(_ tokens: [Int32]) throws(GenerationError) -> [Float] {
        var result: [Float] = []
        result.reserveCapacity(tokens.count * weights.config.vocabularySize)
        try forEachBlock(tokens, rows: tokens.count) { _, logits in result += logits.array }
        return result
    }

    private func forEachBlock(
        _ tokens: [Int32], rows: Int, _ body: (_ first: Int, _ logits: Matrix) -> Void
    ) throws(GenerationError) {
        try weights.check(tokens, "The sequence")
        guard tokens.count <= weights.config.maxPositions else {
            throw GenerationError(
                "The sequence has \(tokens.count) tokens, but the model's context is "
                    + "\(weights.config.maxPositions); shorten it."
            )
        }
        guard rows > 0 else { return }
        let block = min(rows, 64)
        work.reserve(rows: tokens.count, logitRows: block)
        Prefill(weights: weights).run(
            tokens, positions: (0..<Int32(tokens.count)).map { $0 }, work: work, firstRow: 0)
        let forward = LayerForward(weights: weights)
        for first in stride(from: 0, to: rows, by: block) {
            body(first, forward.logits(first..<min(rows, first + block), work))
        }
    }
}
