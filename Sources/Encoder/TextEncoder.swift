public import Checkpoints
public import Digests
public import Numerics
import Synchronization
public import Tokenization

/// Texts to vectors: an encoder of the BERT type whose last hidden states are averaged over a text's tokens, as Contriever
/// (arXiv 2112.09118) and the MiniLM sentence encoders do.
///
/// A vector depends on its text alone: not on the texts beside it, the number of threads or the machine's vector width.
/// A value is immutable and may be used by many threads at once.
public final class TextEncoder: Sendable {
    /// Longest text in tokens, `[CLS]` and `[SEP]` included; what is longer is cut at its end.
    public let maxTokens: Int
    /// Identity of everything that decides a vector: weights, vocabulary, cut.
    public let digest: Digest
    private let weights: BertWeights
    private let tokenizer: WordPieceTokenizer
    private let workspaces = Mutex<[EncoderWorkspace]>([])

    /// Numbers in a vector.
    public var dimension: Int { weights.config.hiddenSize }

    /// Puts an encoder together.
    ///
    /// - Parameters:
    ///   - maxTokens: longest text; nil for what the model's positions allow.
    ///   - name: what error sentences call it.
    /// - Throws: `CheckpointError` when the parts do not fit together.
    public init(
        checkpoint: BertCheckpoint, tokenizer: WordPieceTokenizer, maxTokens: Int? = nil, name: String = "The encoder"
    ) throws(CheckpointError) {
        let config = checkpoint.config
        guard tokenizer.vocabularySize <= config.vocabularySize else {
            throw CheckpointError(
                """
                \(name): the tokenizer has \(tokenizer.vocabularySize) tokens but the model only \
                \(config.vocabularySize); they do not belong together.
                """)
        }
        let limit = maxTokens ?? config.maxPositions
        guard limit > tokenizer.specialCount, limit <= config.maxPositions else {
            throw CheckpointError(
                """
                \(name): texts of \(limit) tokens are asked for; this encoder takes from \(tokenizer.specialCount + 1) to \
                \(config.maxPositions).
                """)
        }
        self.tokenizer = tokenizer
        self.maxTokens = limit
        weights = try BertWeights(checkpoint)
        var builder = DigestBuilder("reprise.encoder.1")
        builder.add(checkpoint.digest)
        builder.add(tokenizer.identity)
        builder.add(limit)
        digest = builder.finish()
    }

    /// Texts that one thread takes at a time; they share the weights it reads.
    private static let group = 8

    /// One vector a text, in their order.
    ///
    /// - Parameters:
    ///   - threads: at most so many; never changes a bit.
    ///   - progress: called from any thread with the number of texts done since its last call.
    public func embed(
        _ texts: [String], threads: Int = 1, progress: (@Sendable (Int) -> Void)? = nil
    ) -> [Vector] {
        let groups = (texts.count + Self.group - 1) / Self.group
        let vectors = Mutex([Vector?](repeating: nil, count: texts.count))
        parallel(slots: threads, count: groups) { index in
            let range = index * Self.group..<min(texts.count, (index + 1) * Self.group)
            let found = self.embedTogether(Array(texts[range]))
            vectors.withLock { all in
                for (place, vector) in zip(range, found) { all[place] = vector }
            }
            progress?(range.count)
        }
        return vectors.withLock { $0.compactMap { $0 } }
    }

    private func embedTogether(_ texts: [String]) -> [Vector] {
        var batch = BertForward.Batch()
        for text in texts { batch.append(tokenizer.encode(text, limit: maxTokens)) }
        var work = workspaces.withLock { $0.popLast() } ?? EncoderWorkspace(weights)
        let hidden = BertForward(weights: weights).hiddenStates(batch, &work)
        let vectors = texts.indices.map { index in
            Self.mean(hidden.rows(Int(batch.starts[index])..<Int(batch.starts[index + 1])))
        }
        let used = work
        workspaces.withLock { $0.append(used) }
        return vectors
    }

    private static func mean(_ rows: Matrix) -> Vector {
        let mean = Vector(count: rows.columns)
        for row in 0..<rows.rows { mean.add(rows.row(row)) }
        mean.scale(by: 1 / Float(rows.rows))
        return mean
    }
}
