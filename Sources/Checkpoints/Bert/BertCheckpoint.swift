public import Digests
import Files

/// An encoder of the BERT type at rest: its shape and the weights that make hidden states.
///
/// What stands beside them in a file (pooler, language-model head, position numbers) is left there. Weights saved under a
/// head (`BertForMaskedLM`) carry the prefix `bert.`, which is dropped.
public struct BertCheckpoint: Sendable {
    /// The model's shape.
    public let config: BertConfig
    private let tensors: [String: Tensor]

    /// Puts a model together.
    /// - Throws: `CheckpointError` when a tensor is missing or has another shape.
    public init(config: BertConfig, tensors: [Tensor], source: String = "The encoder") throws(CheckpointError) {
        var found: [String: Tensor] = [:]
        for tensor in tensors { found[Self.bare(tensor.name)] = tensor }
        var kept: [String: Tensor] = [:]
        for (name, shape) in config.tensorShapes {
            guard let tensor = found[name] else {
                throw CheckpointError("\(source) lacks tensor \(name), which its configuration implies.")
            }
            guard tensor.shape == shape else {
                throw CheckpointError(
                    "Tensor \(name) of \(source) has shape \(tensor.shape); its configuration implies \(shape).")
            }
            kept[name] = tensor
        }
        self.config = config
        self.tensors = kept
    }

    /// Reads a directory in the Hugging Face layout.
    /// - Throws: `FileError`, `SafetensorsError` or `CheckpointError`, one sentence that names file and tensor.
    public static func load(directory: String) throws -> BertCheckpoint {
        guard Directories.exists(directory) else {
            throw CheckpointError("\(directory) is not a directory with an encoder (config.json, model.safetensors).")
        }
        let path = directory + "/config.json"
        let config = try BertConfig(
            json: try FileReader.contents(of: path, limit: WeightFiles.largestTextByteCount), file: path)
        let wanted = Set(config.tensorShapes.map(\.name))
        let (tensors, source) = try WeightFiles.read(directory) { wanted.contains(bare($0)) }
        return try BertCheckpoint(config: config, tensors: tensors, source: source)
    }

    /// The values of a tensor as floats, row-major.
    /// - Throws: `CheckpointError` when there is none of that name.
    public func floats(_ name: String) throws(CheckpointError) -> [Float] {
        guard let tensor = tensors[name] else { throw CheckpointError("The encoder has no tensor \(name).") }
        return tensor.floats
    }

    /// Identity of the weights and the shape: every number that decides a hidden state.
    public var digest: Digest {
        var builder = DigestBuilder("reprise.encoder.weights.1")
        builder.add(config.heads)
        builder.add(config.layerNormEpsilon)
        for (name, shape) in config.tensorShapes {
            builder.add(name)
            for size in shape { builder.add(size) }
            // As the values they are computed with: a file of the same numbers in another type is the same encoder.
            builder.add(tensors[name]?.floats ?? [])
        }
        return builder.finish()
    }

    private static func bare(_ name: String) -> String {
        name.hasPrefix("bert.") ? String(name.dropFirst(5)) : name
    }
}
