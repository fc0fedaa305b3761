/// The shape of a Llama-type decoder (RMSNorm, rotary positions, grouped-query attention, SwiGLU), as config.json states it.
///
/// Source: transformers' `LlamaConfig`. Everything that changes what the model computes is here or refused while reading.
public struct ModelConfig: Sendable, Hashable {
    /// How rotary frequencies are stretched for contexts longer than those of pretraining.
    public enum RopeScaling: Sendable, Hashable {
        /// Frequencies as they are.
        case none
        /// All frequencies divided by `factor`.
        case linear(factor: Double)
        /// Llama 3.1: low frequencies divided by `factor`, high ones kept, those between blended.
        case llama3(
            factor: Double, lowFrequencyFactor: Double, highFrequencyFactor: Double, originalMaxPositions: Int)
    }

    /// Rows of the embedding.
    public var vocabularySize: Int
    /// Width of the residual stream.
    public var hiddenSize: Int
    /// Width of the gated layer inside the feed-forward part.
    public var intermediateSize: Int
    /// Number of blocks.
    public var layers: Int
    /// Query heads.
    public var heads: Int
    /// Key and value heads; divides `heads`.
    public var keyValueHeads: Int
    /// Width of a head; `heads` × this may differ from `hiddenSize`.
    public var headDimension: Int
    /// Longest sequence the model was made for.
    public var maxPositions: Int
    /// Added to the mean square in every norm.
    public var rmsNormEpsilon: Double
    /// Base of the rotary frequencies.
    public var ropeTheta: Double
    /// Stretching of the rotary frequencies.
    public var ropeScaling: RopeScaling
    /// Whether the output matrix is the embedding.
    public var tiesEmbeddings: Bool
    /// First token of a text, if the model has one.
    public var bosTokenID: Int32?
    /// Tokens that end a text.
    public var eosTokenIDs: [Int32]

    /// A shape with the usual constants.
    /// - Throws: `CheckpointError` when the numbers do not fit together.
    public init(
        vocabularySize: Int, hiddenSize: Int, intermediateSize: Int, layers: Int, heads: Int, keyValueHeads: Int,
        headDimension: Int? = nil, maxPositions: Int, rmsNormEpsilon: Double = 1e-5, ropeTheta: Double = 10_000,
        ropeScaling: RopeScaling = .none, tiesEmbeddings: Bool = true, bosTokenID: Int32? = nil,
        eosTokenIDs: [Int32] = []
    ) throws(CheckpointError) {
        self.vocabularySize = vocabularySize
        self.hiddenSize = hiddenSize
        self.intermediateSize = intermediateSize
        self.layers = layers
        self.heads = heads
        self.keyValueHeads = keyValueHeads
        self.headDimension = headDimension ?? (heads > 0 ? hiddenSize / heads : 0)
        self.maxPositions = maxPositions
        self.rmsNormEpsilon = rmsNormEpsilon
        self.ropeTheta = ropeTheta
        self.ropeScaling = ropeScaling
        self.tiesEmbeddings = tiesEmbeddings
        self.bosTokenID = bosTokenID
        self.eosTokenIDs = eosTokenIDs
        try validate()
    }

    /// Names and shapes of every tensor of the model, in order of name. Matrices are [out, in].
    public var tensorShapes: [(name: String, shape: [Int])] {
        let queries = heads * headDimension
        let keys = keyValueHeads * headDimension
        var shapes: [(name: String, shape: [Int])] = [
            ("model.embed_tokens.weight", [vocabularySize, hiddenSize]),
            ("model.norm.weight", [hiddenSize]),
        ]
        if !tiesEmbeddings { shapes.append(("lm_head.weight", [vocabularySize, hiddenSize])) }
        for layer in 0..<layers {
            let prefix = "model.layers.\(layer)."
            shapes += [
                (prefix + "input_layernorm.weight", [hiddenSize]),
                (prefix + "post_attention_layernorm.weight", [hiddenSize]),
                (prefix + "self_attn.q_proj.weight", [queries, hiddenSize]),
                (prefix + "self_attn.k_proj.weight", [keys, hiddenSize]),
                (prefix + "self_attn.v_proj.weight", [keys, hiddenSize]),
                (prefix + "self_attn.o_proj.weight", [hiddenSize, queries]),
                (prefix + "mlp.gate_proj.weight", [intermediateSize, hiddenSize]),
                (prefix + "mlp.up_proj.weight", [intermediateSize, hiddenSize]),
                (prefix + "mlp.down_proj.weight", [hiddenSize, intermediateSize]),
            ]
        }
        return shapes.sorted { $0.name < $1.name }
    }

    /// Number of weights.
    public var parameterCount: Int {
        tensorShapes.reduce(0) { $0 + $1.shape.reduce(1, *) }
    }

    /// Bounds keep every later product of sizes far from overflow.
    func validate() throws(CheckpointError) {
        let sizes = [
            ("vocab_size", vocabularySize, 1 << 24), ("hidden_size", hiddenSize, 1 << 18),
            ("intermediate_size", intermediateSize, 1 << 20), ("num_hidden_layers", layers, 1 << 12),
            ("num_attention_heads", heads, 1 << 12), ("num_key_value_heads", keyValueHeads, 1 << 12),
            ("head_dim", headDimension, 1 << 14), ("max_position_embeddings", maxPositions, 1 << 28),
        ]
        for (key, value, most) in sizes where !(1...most).contains(value) {
            throw CheckpointError("The model's \(key) is \(value); it must be from 1 to \(most).")
        }
        guard heads % keyValueHeads == 0 else {
            throw CheckpointError(
                "The model's num_attention_heads (\(heads)) must be a multiple of num_key_value_heads (\(keyValueHeads))."
            )
        }
        guard headDimension % 2 == 0 else {
            throw CheckpointError("The model's head_dim is \(headDimension); rotary positions need an even number.")
        }
        guard rmsNormEpsilon > 0, rmsNormEpsilon < 1 else {
            throw CheckpointError("The model's rms_norm_eps is \(rmsNormEpsilon); it must lie between 0 and 1.")
        }
        guard ropeTheta >= 1, ropeTheta.isFinite else {
            throw CheckpointError("The model's rope_theta is \(ropeTheta); it must be at least 1.")
        }
        try validateScaling()
        for id in eosTokenIDs + (bosTokenID.map { [$0] } ?? []) where id < 0 || Int(id) >= vocabularySize {
            throw CheckpointError("The model's bos or eos token \(id) is not among its \(vocabularySize) tokens.")
        }
    }

    private func validateScaling() throws(CheckpointError) {
        switch ropeScaling {
        case .none: return
        case .linear(let factor):
            guard factor >= 1, factor.isFinite else {
                throw CheckpointError("The model's linear RoPE factor is \(factor); it must be at least 1.")
            }
        case .llama3(let factor, let low, let high, let original):
            guard factor >= 1, factor.isFinite, low > 0, high > low, high.isFinite, original > 0 else {
                throw CheckpointError(
                    "The model's llama3 RoPE scaling needs factor ≥ 1, 0 < low_freq_factor < high_freq_factor and a positive "
                        + "original_max_position_embeddings.")
            }
        }
    }
}
