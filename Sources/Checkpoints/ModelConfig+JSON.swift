import JSONLines

/// config.json: read in the spelling of transformers 4 (`rope_theta`, `rope_scaling`, `torch_dtype`) and 5
/// (`rope_parameters`, `dtype`), written in that of 4, which both read.
extension ModelConfig {
    /// Reads a config.json.
    /// - Parameter file: its name for error sentences.
    /// - Throws: `CheckpointError` that names the key; architectures other than Llama's are refused.
    public init(json bytes: [UInt8], file: String = "config.json") throws(CheckpointError) {
        let reader = try ConfigReader(json: bytes, file: file)
        try reader.refuseOtherModels()
        let heads = try reader.integer("num_attention_heads")
        do {
            try self.init(
                vocabularySize: try reader.integer("vocab_size"),
                hiddenSize: try reader.integer("hidden_size"),
                intermediateSize: try reader.integer("intermediate_size"),
                layers: try reader.integer("num_hidden_layers"),
                heads: heads,
                keyValueHeads: try reader.integer("num_key_value_heads", default: heads),
                headDimension: try reader.optionalInteger("head_dim"),
                maxPositions: try reader.integer("max_position_embeddings", default: 2048),
                rmsNormEpsilon: try reader.double("rms_norm_eps", default: 1e-6),
                ropeTheta: try reader.ropeTheta(),
                ropeScaling: try reader.ropeScaling(),
                tiesEmbeddings: try reader.bool("tie_word_embeddings", default: false),
                bosTokenID: try reader.tokens("bos_token_id").first,
                eosTokenIDs: try reader.tokens("eos_token_id"))
        } catch {
            throw error.description.hasPrefix(file) ? error : CheckpointError("\(file): \(error.description)")
        }
    }

    /// A config.json that transformers loads, with a line break at the end; equal configurations give equal bytes.
    public func json(elementType: ElementType = .float32) -> [UInt8] {
        var object = JSONObject()
        object["architectures"] = .array([.string("LlamaForCausalLM")])
        object["attention_bias"] = .bool(false)
        if let bosTokenID {
            object["bos_token_id"] = .integer(Int64(bosTokenID))
        } else {
            object["bos_token_id"] = .null
        }
        switch eosTokenIDs.count {
        case 0: object["eos_token_id"] = .null
        case 1: object["eos_token_id"] = .integer(Int64(eosTokenIDs[0]))
        default: object["eos_token_id"] = .array(eosTokenIDs.map { .integer(Int64($0)) })
        }
        object["head_dim"] = .integer(Int64(headDimension))
        object["hidden_act"] = .string("silu")
        object["hidden_size"] = .integer(Int64(hiddenSize))
        object["intermediate_size"] = .integer(Int64(intermediateSize))
        object["max_position_embeddings"] = .integer(Int64(maxPositions))
        object["mlp_bias"] = .bool(false)
        object["model_type"] = .string("llama")
        object["num_attention_heads"] = .integer(Int64(heads))
        object["num_hidden_layers"] = .integer(Int64(layers))
        object["num_key_value_heads"] = .integer(Int64(keyValueHeads))
        object["rms_norm_eps"] = .number(rmsNormEpsilon)
        object["rope_scaling"] = ropeScaling.json
        object["rope_theta"] = .number(ropeTheta)
        object["tie_word_embeddings"] = .bool(tiesEmbeddings)
        object["torch_dtype"] = .string(elementType.torchName)
        object["use_cache"] = .bool(true)
        object["vocab_size"] = .integer(Int64(vocabularySize))
        return Array((JSON.object(object).pretty + "\n").utf8)
    }
}

extension ModelConfig.RopeScaling {
    fileprivate var json: JSON {
        switch self {
        case .none: return .null
        case .linear(let factor):
            return .object(["factor": .number(factor), "rope_type": .string("linear")])
        case .llama3(let factor, let low, let high, let original):
            return .object([
                "factor": .number(factor),
                "high_freq_factor": .number(high),
                "low_freq_factor": .number(low),
                "original_max_position_embeddings": .integer(Int64(original)),
                "rope_type": .string("llama3"),
            ])
        }
    }
}
