public import Checkpoints
import Numerics

/// A policy ready to sample from: its weights packed once, read-only, shared by all the threads that sample.
///
/// Packed products give a row the same bits whatever rows are beside it (Numerics, `PackedMatrix`), and attention
/// does too; so a sequence's tokens and log-probabilities depend on the sequence alone, not on what else is in the
/// batch.
public final class PolicyWeights: Sendable {
    /// One decoder layer, names as in `LlamaParameters.Layer`.
    struct Layer: Sendable {
        let inputNorm: Vector
        let queryKeyValue: PackedMatrix
        let attentionOutput: PackedMatrix
        let postNorm: Vector
        let gateUp: PackedMatrix
        let down: PackedMatrix
    }

    /// The shape.
    public let config: ModelConfig
    let geometry: LlamaGeometry
    let embedding: Matrix
    let layers: [Layer]
    let finalNorm: Vector
    let output: PackedMatrix

    /// Packs a checkpoint's weights; the checkpoint can be let go afterwards.
    /// - Throws: `CheckpointError` when a tensor is missing.
    public convenience init(checkpoint: Checkpoint) throws(CheckpointError) {
        self.init(model: try LlamaModel(checkpoint: checkpoint))
    }

    /// Packs a copy of the model's weights as they are now.
    public init(model: LlamaModel) {
        config = model.config
        geometry = model.geometry
        let weights = model.parameters
        embedding = Matrix(rows: weights.embedding.rows, columns: weights.embedding.columns)
        embedding.copy(from: weights.embedding)
        layers = weights.layers.map { layer in
            Layer(
                inputNorm: Vector(layer.inputNorm.array), queryKeyValue: PackedMatrix(layer.queryKeyValue),
                attentionOutput: PackedMatrix(layer.attentionOutput), postNorm: Vector(layer.postNorm.array),
                gateUp: PackedMatrix(layer.gateUp), down: PackedMatrix(layer.down))
        }
        finalNorm = Vector(weights.finalNorm.array)
        output = PackedMatrix(weights.output)
    }

    /// Refuses token ids outside the vocabulary.
    func check(_ tokens: [Int32], _ what: String) throws(GenerationError) {
        guard !tokens.isEmpty else { throw GenerationError("\(what) has no tokens; give at least one.") }
        for token in tokens where token < 0 || Int(token) >= config.vocabularySize {
            throw GenerationError(
                "\(what) has the token \(token), but the model's vocabulary has \(config.vocabularySize) tokens.")
        }
    }
}
