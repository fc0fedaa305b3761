import JSONLines

/// The shape of an encoder of the BERT type (learned positions, LayerNorm after each part, GELU), as config.json states it.
///
/// Source: transformers' `BertConfig`. Everything that changes what the model computes is here or refused while reading.
public struct BertConfig: Sendable, Hashable {
    /// Rows of the word embedding.
    public var vocabularySize: Int
    /// Width of the residual stream, and of an embedding.
    public var hiddenSize: Int
    /// Width of the layer inside the feed-forward part.
    public var intermediateSize: Int
    /// Number of blocks.
    public var layers: Int
    /// Attention heads; divides `hiddenSize`.
    public var heads: Int
    /// Longest text in tokens.
    public var maxPositions: Int
    /// Rows of the segment embedding; texts alone use the first.
    public var segments: Int
    /// Added to the variance in every norm.
    public var layerNormEpsilon: Double

    /// - Throws: `CheckpointError` when the numbers do not fit together.
    public init(
        vocabularySize: Int, hiddenSize: Int, intermediateSize: Int, layers: Int, heads: Int, maxPositions: Int,
        segments: Int = 2, layerNormEpsilon: Double = 1e-12
    ) throws(CheckpointError) {
        self.vocabularySize = vocabularySize
        self.hiddenSize = hiddenSize
        self.intermediateSize = intermediateSize
        self.layers = layers
        self.heads = heads
        self.maxPositions = maxPositions
        self.segments = segments
        self.layerNormEpsilon = layerNormEpsilon
        try validate()
    }

    /// Reads a config.json.
    /// - Parameter file: its name for error sentences.
    /// - Throws: `CheckpointError` that names the key; other model types are refused.
    public init(json bytes: [UInt8], file: String = "config.json") throws(CheckpointError) {
        let reader = try ConfigReader(json: bytes, file: file)
        guard reader.object["model_type"]?.string == "bert" else {
            let found = reader.object["model_type"]?.string ?? "none"
            throw CheckpointError(
                "\(file) has model_type \(found); encoders of the type bert (BERT, Contriever, MiniLM) are supported.")
        }
        if try reader.bool("is_decoder", default: false) {
            throw CheckpointError("\(file) sets is_decoder; encoders see their text both ways.")
        }
        for (key, supported) in [("hidden_act", "gelu"), ("position_embedding_type", "absolute")] {
            if let value = reader.present(key), value.string != supported {
                throw CheckpointError("\(file) sets \(key) to \(value.serialized()); \"\(supported)\" is supported.")
            }
        }
        do {
            try self.init(
                vocabularySize: try reader.integer("vocab_size"), hiddenSize: try reader.integer("hidden_size"),
                intermediateSize: try reader.integer("intermediate_size"),
                layers: try reader.integer("num_hidden_layers"), heads: try reader.integer("num_attention_heads"),
                maxPositions: try reader.integer("max_position_embeddings", default: 512),
                segments: try reader.integer("type_vocab_size", default: 2),
                layerNormEpsilon: try reader.double("layer_norm_eps", default: 1e-12))
        } catch {
            throw error.description.hasPrefix(file) ? error : CheckpointError("\(file): \(error.description)")
        }
    }

    /// Names and shapes of every tensor that makes the hidden states, in order of name. Matrices are [out, in].
    public var tensorShapes: [(name: String, shape: [Int])] {
        var shapes: [(name: String, shape: [Int])] = [
            ("embeddings.LayerNorm.bias", [hiddenSize]), ("embeddings.LayerNorm.weight", [hiddenSize]),
            ("embeddings.position_embeddings.weight", [maxPositions, hiddenSize]),
            ("embeddings.token_type_embeddings.weight", [segments, hiddenSize]),
            ("embeddings.word_embeddings.weight", [vocabularySize, hiddenSize]),
        ]
        for layer in 0..<layers {
            let prefix = "encoder.layer.\(layer)."
            for name in [
                "attention.self.query", "attention.self.key", "attention.self.value", "attention.output.dense",
            ] {
                shapes += [
                    (prefix + name + ".weight", [hiddenSize, hiddenSize]), (prefix + name + ".bias", [hiddenSize]),
                ]
            }
            for name in ["attention.output.LayerNorm", "output.LayerNorm"] {
                shapes += [(prefix + name + ".weight", [hiddenSize]), (prefix + name + ".bias", [hiddenSize])]
            }
            shapes += [
                (prefix + "intermediate.dense.weight", [intermediateSize, hiddenSize]),
                (prefix + "intermediate.dense.bias", [intermediateSize]),
                (prefix + "output.dense.weight", [hiddenSize, intermediateSize]),
                (prefix + "output.dense.bias", [hiddenSize]),
            ]
        }
        return shapes.sorted { $0.name < $1.name }
    }

    private func validate() throws(CheckpointError) {
        let sizes = [
            ("vocab_size", vocabularySize, 1 << 24), ("hidden_size", hiddenSize, 1 << 16),
            ("intermediate_size", intermediateSize, 1 << 18), ("num_hidden_layers", layers, 1 << 10),
            ("num_attention_heads", heads, 1 << 10), ("max_position_embeddings", maxPositions, 1 << 20),
            ("type_vocab_size", segments, 1 << 10),
        ]
        for (key, value, most) in sizes where !(1...most).contains(value) {
            throw CheckpointError("The model's \(key) is \(value); it must be from 1 to \(most).")
        }
        guard hiddenSize.isMultiple(of: heads) else {
            throw CheckpointError(
                "The model's hidden_size (\(hiddenSize)) must be a multiple of num_attention_heads (\(heads)).")
        }
        guard layerNormEpsilon > 0, layerNormEpsilon < 1 else {
            throw CheckpointError("The model's layer_norm_eps is \(layerNormEpsilon); it must lie between 0 and 1.")
        }
    }
}
