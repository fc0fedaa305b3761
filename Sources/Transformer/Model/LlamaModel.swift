public import Checkpoints
import Numerics

/// A Llama-type decoder (LLaMA, arXiv 2302.13971; grouped queries, arXiv 2305.13245) with trainable weights.
///
///     x = embedding[tokens]
///     for each layer:
///         x = x + Wo · attention(rope(Wq n), rope(Wk n), Wv n)        n = norm(x)
///         x = x + W2 · (silu(W1 n) ∘ W3 n)                             n = norm(x)
///     logits = output · norm(x)
///
/// This class is the model as training sees it. Sampling uses `PolicyWeights`, the same weights packed for it.
public final class LlamaModel: Sendable {
    /// The shape.
    public let config: ModelConfig
    /// Where each tensor lies in the arena.
    public let layout: ParameterLayout
    /// The weights; change them only while nothing else reads them.
    public let parameters: LlamaParameters
    let geometry: LlamaGeometry

    /// A model whose weights are all zero.
    public init(config: ModelConfig) {
        self.config = config
        layout = ParameterLayout(config)
        parameters = LlamaParameters(config, layout: layout)
        geometry = LlamaGeometry(config)
    }

    /// Number of weights.
    public var parameterCount: Int { layout.entries.reduce(0) { $0 + $1.count } }
}

/// What the blocks need to know besides weights.
struct LlamaGeometry: Sendable {
    let hidden: Int
    /// heads · d
    let queries: Int
    /// kvHeads · d
    let keys: Int
    let intermediate: Int
    let vocabulary: Int
    let epsilon: Float
    let attention: Attention
    let rotary: RotaryEmbedding

    init(_ config: ModelConfig) {
        hidden = config.hiddenSize
        queries = config.heads * config.headDimension
        keys = config.keyValueHeads * config.headDimension
        intermediate = config.intermediateSize
        vocabulary = config.vocabularySize
        epsilon = Float(config.rmsNormEpsilon)
        attention = Attention(
            heads: config.heads, keyValueHeads: config.keyValueHeads, headDimension: config.headDimension)
        rotary = RotaryEmbedding(
            headDimension: config.headDimension, positions: config.maxPositions, theta: config.ropeTheta,
            scaling: Self.scaling(config.ropeScaling))
    }

    /// Columns of a fused product that hold queries, keys and values.
    func split(_ queryKeyValue: Matrix) -> (queries: Matrix, keys: Matrix, values: Matrix) {
        (
            queryKeyValue.columns(0..<queries), queryKeyValue.columns(queries..<queries + keys),
            queryKeyValue.columns(queries + keys..<queries + 2 * keys)
        )
    }

    /// Columns of a fused product that hold gate and up projections.
    func split(gateUp: Matrix) -> (gate: Matrix, up: Matrix) {
        (gateUp.columns(0..<intermediate), gateUp.columns(intermediate..<2 * intermediate))
    }
}
