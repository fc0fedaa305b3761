import Checkpoints
import Numerics

/// An encoder's weights packed for its forward pass, read-only, shared by all threads.
final class BertWeights: Sendable {
    /// y = x · Wᵀ + b
    struct Linear: Sendable {
        let weights: PackedMatrix
        let bias: Vector
    }

    struct Norm: Sendable {
        let weight: Vector
        let bias: Vector
    }

    /// One block; queries, keys and values are one product.
    struct Layer: Sendable {
        let queryKeyValue: Linear
        let attentionOutput: Linear
        let attentionNorm: Norm
        let intermediate: Linear
        let output: Linear
        let outputNorm: Norm
    }

    let config: BertConfig
    let attention: Attention
    /// [vocabulary, hidden]
    let words: Matrix
    /// [positions, hidden], the embedding of the first segment added: a text alone is all first segment.
    let positions: Matrix
    let embeddingNorm: Norm
    let layers: [Layer]

    init(_ checkpoint: BertCheckpoint) throws(CheckpointError) {
        let config = checkpoint.config
        let hidden = config.hiddenSize
        func matrix(_ name: String, _ rows: Int, _ columns: Int) throws(CheckpointError) -> Matrix {
            Matrix(rows: rows, columns: columns, try checkpoint.floats(name + ".weight"))
        }
        func norm(_ name: String) throws(CheckpointError) -> Norm {
            Norm(
                weight: Vector(try checkpoint.floats(name + ".weight")),
                bias: Vector(try checkpoint.floats(name + ".bias")))
        }
        func linear(_ names: [String], _ outputs: Int, _ inputs: Int) throws(CheckpointError) -> Linear {
            var parts: [Matrix] = []
            var bias: [Float] = []
            for name in names {
                parts.append(try matrix(name, outputs, inputs))
                bias += try checkpoint.floats(name + ".bias")
            }
            return Linear(weights: PackedMatrix(stacking: parts), bias: Vector(bias))
        }
        self.config = config
        attention = Attention(
            heads: config.heads, keyValueHeads: config.heads, headDimension: hidden / config.heads, isCausal: false)
        words = try matrix("embeddings.word_embeddings", config.vocabularySize, hidden)
        positions = try matrix("embeddings.position_embeddings", config.maxPositions, hidden)
        positions.add(
            toRows: try matrix("embeddings.token_type_embeddings", config.segments, hidden).row(0))
        embeddingNorm = try norm("embeddings.LayerNorm")
        var layers: [Layer] = []
        for index in 0..<config.layers {
            let prefix = "encoder.layer.\(index)."
            let own = prefix + "attention.self."
            layers.append(
                Layer(
                    queryKeyValue: try linear([own + "query", own + "key", own + "value"], hidden, hidden),
                    attentionOutput: try linear([prefix + "attention.output.dense"], hidden, hidden),
                    attentionNorm: try norm(prefix + "attention.output.LayerNorm"),
                    intermediate: try linear([prefix + "intermediate.dense"], config.intermediateSize, hidden),
                    output: try linear([prefix + "output.dense"], hidden, config.intermediateSize),
                    outputNorm: try norm(prefix + "output.LayerNorm")))
        }
        self.layers = layers
    }
}
