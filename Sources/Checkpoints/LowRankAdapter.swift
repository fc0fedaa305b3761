import Files
import Foundation
import JSONLines

/// A LoRA adapter: low-rank changes of some of a model's matrices.
///
/// On disk it is PEFT's directory (huggingface.co/docs/peft, "PEFT checkpoint format"): adapter_config.json and
/// adapter_model.safetensors with two factors for each matrix, `base_model.model.….lora_A.weight` (rank × columns) and
/// `….lora_B.weight` (rows × rank), which change it by `lora_alpha / r` times their product, or `lora_alpha / √r`.
public struct LowRankAdapter: Sendable, Equatable {
    /// By the name of the tensor that changes, such as `model.layers.0.self_attn.q_proj.weight`.
    public let changes: [String: LowRankChange]

    /// The file that makes a directory an adapter's.
    public static let configName = "adapter_config.json"
    static let weightsName = "adapter_model.safetensors"
    private static let prefix = "base_model.model."
    private static let (down, up) = (".lora_A.weight", ".lora_B.weight")

    /// Takes changes by tensor.
    public init(_ changes: [String: LowRankChange]) { self.changes = changes }

    /// One that changes nothing, for servers that take nothing else: zeros for every query projection.
    public init(nothingOver checkpoint: Checkpoint) throws(CheckpointError) {
        var changes: [String: LowRankChange] = [:]
        for tensor in checkpoint.tensors where tensor.name.hasSuffix(".q_proj.weight") && tensor.shape.count == 2 {
            changes[tensor.name] = try LowRankChange(
                rank: 1, rows: tensor.shape[0], columns: tensor.shape[1],
                up: [Float](repeating: 0, count: tensor.shape[0]), down: [Float](repeating: 0, count: tensor.shape[1]))
        }
        self.init(changes)
    }

    /// The largest rank of a change; 0 when there is none.
    public var rank: Int { changes.values.map(\.rank).max() ?? 0 }

    /// Both changes together.
    /// - Throws: `CheckpointError` when they are of models of different shapes.
    public func followed(by other: LowRankAdapter) throws(CheckpointError) -> LowRankAdapter {
        var sum = changes
        for (name, change) in other.changes {
            do {
                sum[name] = try sum[name]?.followed(by: change) ?? change
            } catch {
                throw CheckpointError("Tensor \(name): \(error)")
            }
        }
        return LowRankAdapter(sum)
    }

    // MARK: - The directory

    /// Reads a directory.
    /// - Throws: `FileError`, `SafetensorsError`, `CheckpointError`: it is none, or it changes a model by more than
    ///   low-rank products of its matrices (DoRA, biases, embeddings, modules saved whole).
    public static func load(directory: String) throws -> LowRankAdapter {
        let config = try ConfigReader(
            json: try FileReader.contents(
                of: directory + "/" + configName, limit: WeightFiles.largestTextByteCount),
            file: directory + "/" + configName)
        let scale = try scale(config)
        let file = try SafetensorsFile(path: directory + "/" + weightsName)
        var changes: [String: LowRankChange] = [:]
        for name in file.names where name.hasSuffix(down) {
            let module = String(name.dropLast(down.count))
            let factors = (down: try file.tensor(name), up: try file.tensor(module + up))
            guard module.hasPrefix(prefix), factors.down.shape.count == 2, factors.up.shape.count == 2,
                factors.up.shape[1] == factors.down.shape[0]
            else { throw CheckpointError("\(file.path): \(module) has no pair of factors that can be multiplied.") }
            let rank = factors.down.shape[0]
            let scale = scale(rank)
            do {
                changes[module.dropFirst(prefix.count) + ".weight"] = try LowRankChange(
                    rank: rank, rows: factors.up.shape[0], columns: factors.down.shape[1],
                    up: factors.up.floats.map { $0 * scale }, down: factors.down.floats)
            } catch {
                throw CheckpointError("\(file.path): \(module): \(error)")
            }
        }
        if let other = file.names.first(where: { !$0.hasSuffix(down) && !$0.hasSuffix(up) }) {
            throw CheckpointError("\(file.path) holds \(other), which is no factor of a low-rank change.")
        }
        guard !changes.isEmpty, changes.count * 2 == file.names.count else {
            throw CheckpointError("\(file.path) holds no pairs of factors (lora_A, lora_B).")
        }
        return LowRankAdapter(changes)
    }

    /// What a product is multiplied with, by its rank.
    private static func scale(_ config: ConfigReader) throws(CheckpointError) -> (Int) -> Float {
        guard config.present("peft_type")?.string == "LORA" else {
            throw CheckpointError("\(config.file) is not that of a LoRA adapter: peft_type is not \"LORA\".")
        }
        for key in ["use_dora", "fan_in_fan_out"] where try config.bool(key, default: false) {
            throw CheckpointError("\(config.file) sets \(key); plain LoRA is supported.")
        }
        if let pattern = config.present("alpha_pattern")?.object, !pattern.isEmpty {
            throw CheckpointError("\(config.file) sets alpha_pattern; one lora_alpha for all modules is supported.")
        }
        guard let alpha = config.present("lora_alpha")?.double, alpha.isFinite else {
            throw CheckpointError("\(config.file) lacks lora_alpha.")
        }
        let isByRoot = try config.bool("use_rslora", default: false)
        return { rank in Float(alpha / (isByRoot ? Double(rank).squareRoot() : Double(rank))) }
    }

    /// Writes a directory that PEFT, vLLM and SGLang load, durably; it appears complete or not at all.
    /// - Throws: `FileError`, `CheckpointError`.
    public func save(directory: String) throws {
        let rank = rank
        var tensors: [Tensor] = []
        for (name, change) in changes {
            guard name.hasSuffix(".weight") else { throw CheckpointError("No LoRA adapter can change tensor \(name).") }
            let module = Self.prefix + name.dropLast(".weight".count)
            let change = try change.padded(to: rank)
            tensors.append(
                try Tensor(name: module + Self.down, shape: [rank, change.columns], elements: .float32(change.down)))
            tensors.append(
                try Tensor(name: module + Self.up, shape: [change.rows, rank], elements: .float32(change.up)))
        }
        try Checkpoint.stage(directory) { path in
            try FileReplacement.write(Array(config(rank).serialized().utf8), to: "\(path)/\(Self.configName)")
            try SafetensorsFile.write(tensors, to: "\(path)/\(Self.weightsName)")
        }
    }

    private func config(_ rank: Int) -> JSON {
        let modules = Set(changes.keys.compactMap { $0.split(separator: ".").dropLast().last }).sorted()
        return [
            "peft_type": "LORA", "task_type": "CAUSAL_LM", "r": .integer(Int64(rank)),
            // Factors carry their scale.
            "lora_alpha": .integer(Int64(rank)), "lora_dropout": 0, "bias": "none", "fan_in_fan_out": false,
            "inference_mode": true, "target_modules": .array(modules.map { .string(String($0)) }),
        ]
    }
}
