public import Checkpoints
public import Numerics

/// One number per weight of a model, in one arena: the weights themselves, or their gradients.
///
/// Names on the left are the paper's (LLaMA, arXiv 2302.13971), shapes [outputs, inputs]. Weights and gradients have
/// the same type, so that a block's backward pass reads `weights.down` and adds to `gradients.down`.
public struct LlamaParameters: Sendable {
    /// Views of one decoder layer.
    struct Layer: Sendable {
        /// Gain of the norm before attention: [hidden].
        let inputNorm: Vector
        /// Wq, Wk and Wv end to end: [(heads + 2 · kvHeads) · d, hidden].
        let queryKeyValue: Matrix
        /// Wo: [hidden, heads · d].
        let attentionOutput: Matrix
        /// Gain of the norm before the feed-forward network: [hidden].
        let postNorm: Vector
        /// W1 and W3 end to end: [2 · intermediate, hidden].
        let gateUp: Matrix
        /// W2: [hidden, intermediate].
        let down: Matrix
    }

    /// Where each tensor lies.
    public let layout: ParameterLayout
    /// The whole arena, padding included.
    public let all: Vector
    /// Token embeddings: [vocabulary, hidden].
    let embedding: Matrix
    let layers: [Layer]
    /// Gain of the last norm: [hidden].
    let finalNorm: Vector
    /// Output matrix: [vocabulary, hidden]; the embedding itself when tied.
    let output: Matrix

    /// Zeros for a model of this shape.
    public init(_ config: ModelConfig, layout: ParameterLayout) {
        let all = Vector(count: layout.count)
        func vector(_ offset: Int) -> Vector { all[offset..<offset + config.hiddenSize] }
        func matrix(_ offset: Int, _ rows: Int, _ columns: Int) -> Matrix {
            Matrix(all[offset..<offset + rows * columns], rows: rows, columns: columns)
        }
        let hidden = config.hiddenSize
        let queries = config.heads * config.headDimension
        let keys = config.keyValueHeads * config.headDimension
        self.layout = layout
        self.all = all
        embedding = matrix(layout.embedding, config.vocabularySize, hidden)
        output = matrix(layout.output, config.vocabularySize, hidden)
        finalNorm = vector(layout.finalNorm)
        layers = layout.layers.map { offsets in
            Layer(
                inputNorm: vector(offsets.inputNorm),
                queryKeyValue: matrix(offsets.queryKeyValue, queries + 2 * keys, hidden),
                attentionOutput: matrix(offsets.attentionOutput, hidden, queries),
                postNorm: vector(offsets.postNorm),
                gateUp: matrix(offsets.gateUp, 2 * config.intermediateSize, hidden),
                down: matrix(offsets.down, hidden, config.intermediateSize))
        }
    }

    /// The view of one named tensor.
    public subscript(entry: ParameterLayout.Entry) -> Vector { all[entry.range] }
}
