import JSONLines

/// config.json: read in the spelling of transformers 4 (`rope_theta`, `rope_scaling`, `torch_dtype`) and 5
/// (`rope_parameters`, `dtype`), written in that of 4, which both read.
extension ModelConfig {
    /// Reads a config.json.
    /// - Parameter file: its name for error sentences.
    /// - Throws: `CheckpointError` that names the key; architectures other than Llama's are refused.
    public init(json bytes: [UInt8], file: String = "config.json") throws(CheckpointError) {
        let object: JSONObject
        do {
            guard let parsed = try JSON.parse(bytes).object else {
                throw CheckpointError("\(file) is not a JSON object.")
            }
            object = parsed
        } catch let error as CheckpointError {
            throw error
        } catch {
            throw CheckpointError("\(file) is not JSON: \(error)")
        }
        let reader = ConfigReader(object: object, file: file)
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

/// Keys of one config.json, with the file's name in every complaint.
private struct ConfigReader {
    let object: JSONObject
    let file: String

    func refuseOtherModels() throws(CheckpointError) {
        let type = object["model_type"]?.string
        let architectures = (object["architectures"]?.array ?? []).compactMap(\.string)
        guard type ?? "llama" == "llama", architectures.allSatisfy({ $0 == "LlamaForCausalLM" }),
            type != nil || !architectures.isEmpty
        else {
            let found = architectures.first ?? type ?? "none"
            throw CheckpointError(
                "\(file) describes the architecture \(found); Llama-type models (LlamaForCausalLM) are supported.")
        }
        for key in ["attention_bias", "mlp_bias"] where try bool(key, default: false) {
            throw CheckpointError("\(file) sets \(key); Llama-type models without biases are supported.")
        }
        if let activation = present("hidden_act"), activation.string != "silu" {
            throw CheckpointError("\(file) sets hidden_act to something other than \"silu\".")
        }
        if let window = present("sliding_window") {
            throw CheckpointError("\(file) sets sliding_window to \(window.serialized()); full attention is supported.")
        }
    }

    /// A key that is there and not null.
    func present(_ key: String) -> JSON? {
        guard let value = object[key], value != .null else { return nil }
        return value
    }

    func optionalInteger(_ key: String) throws(CheckpointError) -> Int? {
        guard let value = present(key) else { return nil }
        guard let integer = value.integer else {
            throw CheckpointError("\(file): \(key) must be a whole number, not \(value.serialized()).")
        }
        return integer
    }

    func integer(_ key: String, default fallback: Int? = nil) throws(CheckpointError) -> Int {
        if let value = try optionalInteger(key) ?? fallback { return value }
        throw CheckpointError("\(file) lacks \(key).")
    }

    func double(_ key: String, default fallback: Double) throws(CheckpointError) -> Double {
        try Self.double(present(key), key, file) ?? fallback
    }

    func bool(_ key: String, default fallback: Bool) throws(CheckpointError) -> Bool {
        guard let value = present(key) else { return fallback }
        guard let bool = value.bool else {
            throw CheckpointError("\(file): \(key) must be true or false, not \(value.serialized()).")
        }
        return bool
    }

    /// One id, a list of ids, or nothing.
    func tokens(_ key: String) throws(CheckpointError) -> [Int32] {
        guard let value = present(key) else { return [] }
        var ids: [Int32] = []
        for item in value.array ?? [value] {
            guard let id = item.integer.flatMap({ Int32(exactly: $0) }) else {
                throw CheckpointError(
                    "\(file): \(key) must be a token id or a list of them, not \(value.serialized()).")
            }
            ids.append(id)
        }
        return ids
    }

    func ropeTheta() throws(CheckpointError) -> Double {
        if let value = try Self.double(present("rope_parameters")?["rope_theta"], "rope_parameters.rope_theta", file) {
            return value
        }
        return try double("rope_theta", default: 10_000)
    }

    func ropeScaling() throws(CheckpointError) -> ModelConfig.RopeScaling {
        let key = present("rope_parameters") == nil ? "rope_scaling" : "rope_parameters"
        guard let scaling = present(key) else { return .none }
        let type = (scaling["rope_type"] ?? scaling["type"])?.string ?? "default"
        let file = file
        func number(_ name: String) throws(CheckpointError) -> Double {
            guard let value = try Self.double(scaling[name], "\(key).\(name)", file) else {
                throw CheckpointError("\(file) lacks \(key).\(name).")
            }
            return value
        }
        switch type {
        case "default": return .none
        case "linear": return .linear(factor: try number("factor"))
        case "llama3":
            guard let original = scaling["original_max_position_embeddings"]?.integer else {
                throw CheckpointError("\(file) lacks \(key).original_max_position_embeddings.")
            }
            return .llama3(
                factor: try number("factor"), lowFrequencyFactor: try number("low_freq_factor"),
                highFrequencyFactor: try number("high_freq_factor"), originalMaxPositions: original)
        default:
            throw CheckpointError("\(file): \(key) has the type \(type); none, linear and llama3 are supported.")
        }
    }

    private static func double(_ value: JSON?, _ key: String, _ file: String) throws(CheckpointError) -> Double? {
        guard let value, value != .null else { return nil }
        guard let double = value.double else {
            throw CheckpointError("\(file): \(key) must be a number, not \(value.serialized()).")
        }
        return double
    }
}
