import JSONLines

/// Keys of one config.json, with the file's name in every complaint.
struct ConfigReader {
    let object: JSONObject
    let file: String

    /// - Throws: `CheckpointError` when the bytes are no JSON object.
    init(json bytes: [UInt8], file: String) throws(CheckpointError) {
        let json: JSON
        do {
            json = try JSON.parse(bytes)
        } catch {
            throw CheckpointError("\(file) is not JSON: \(error)")
        }
        guard let object = json.object else { throw CheckpointError("\(file) is not a JSON object.") }
        self.object = object
        self.file = file
    }

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
