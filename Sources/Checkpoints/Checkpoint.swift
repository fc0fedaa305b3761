public import Digests
import Synchronization

/// A model at rest: its shape, its weights in the element type they were stored in, and the files that go with them.
///
/// Loading checks that every tensor the configuration implies is there with the right shape and that nothing else is,
/// except buffers that older writers saved along (`rotary_emb.inv_freq`) and a copy of a tied output matrix.
public struct Checkpoint: Sendable {
    /// A file carried along unread, such as tokenizer.json.
    public struct Companion: Sendable, Equatable {
        /// Its name in the directory.
        public let name: String
        /// Its content.
        public let bytes: [UInt8]

        /// A named content.
        public init(name: String, bytes: [UInt8]) {
            self.name = name
            self.bytes = bytes
        }
    }

    /// The model's shape.
    public let config: ModelConfig
    /// In order of name; exactly those of `config.tensorShapes`.
    public let tensors: [Tensor]
    /// In order of name.
    public let companions: [Companion]
    private let indices: [String: Int]
    private let digest = DigestCache()

    /// Puts a model together.
    /// - Parameter source: what error sentences call the origin of the tensors.
    /// - Throws: `CheckpointError` when a tensor is missing, has another shape or is unknown.
    public init(
        config: ModelConfig, tensors: [Tensor], companions: [Companion] = [], source: String = "The checkpoint"
    ) throws(CheckpointError) {
        var found: [String: Tensor] = [:]
        for tensor in tensors {
            guard found.updateValue(tensor, forKey: tensor.name) == nil else {
                throw CheckpointError("\(source) has two tensors called \(tensor.name).")
            }
        }
        var kept: [Tensor] = []
        for (name, shape) in config.tensorShapes {
            guard let tensor = found.removeValue(forKey: name) else {
                throw CheckpointError("\(source) lacks tensor \(name), which its configuration implies.")
            }
            guard tensor.shape == shape else {
                throw CheckpointError(
                    "Tensor \(name) of \(source) has shape \(tensor.shape); its configuration implies \(shape).")
            }
            kept.append(tensor)
        }
        for name in found.keys.sorted() where !Self.isIgnored(name) {
            if name == "lm_head.weight", config.tiesEmbeddings, let copy = found[name],
                let embedding = kept.first(where: { $0.name == "model.embed_tokens.weight" }),
                copy.isIdentical(to: embedding)
            {
                continue
            }
            throw CheckpointError("\(source) has tensor \(name), which its configuration does not know.")
        }
        self.config = config
        self.tensors = kept
        self.companions = companions.sorted { $0.name < $1.name }
        self.indices = Dictionary(uniqueKeysWithValues: kept.enumerated().map { ($1.name, $0) })
    }

    /// The tensor of that name.
    public subscript(_ name: String) -> Tensor? {
        indices[name].map { tensors[$0] }
    }

    /// The values of a tensor as floats, row-major.
    /// - Throws: `CheckpointError` when there is none of that name.
    public func floats(_ name: String) throws(CheckpointError) -> [Float] {
        guard let tensor = self[name] else { throw CheckpointError("The checkpoint has no tensor \(name).") }
        return tensor.floats
    }

    /// The content of a file carried along.
    public func companion(_ name: String) -> [UInt8]? {
        companions.first { $0.name == name }?.bytes
    }

    /// The same model with other files along.
    public func with(companions: [Companion]) throws(CheckpointError) -> Checkpoint {
        try Checkpoint(config: config, tensors: tensors, companions: companions)
    }

    /// The same shape with other weights; files carried along stay.
    /// - Throws: `CheckpointError` when a tensor is missing, has another shape or is unknown.
    public func with(tensors: [Tensor]) throws(CheckpointError) -> Checkpoint {
        try Checkpoint(config: config, tensors: tensors, companions: companions)
    }

    /// Every tensor rounded to one element type.
    public func converted(to type: ElementType) throws(CheckpointError) -> Checkpoint {
        var converted: [Tensor] = []
        for tensor in tensors {
            converted.append(
                tensor.elementType == type
                    ? tensor : try Tensor(name: tensor.name, shape: tensor.shape, floats: tensor.floats, as: type))
        }
        return try with(tensors: converted)
    }

    /// The element type of the embedding, which config.json names as the model's.
    public var elementType: ElementType {
        self["model.embed_tokens.weight"]?.elementType ?? .float32
    }

    /// Size of all weights in their element types.
    public var byteCount: Int { tensors.reduce(0) { $0 + $1.byteCount } }

    /// Identity of the weights: over names in order, element types, shapes and every bit of the elements. Neither the
    /// configuration nor the files along enter.
    ///
    /// Computed when first asked for, then kept.
    public var weightsDigest: Digest {
        digest.value { computeDigest() }
    }

    private func computeDigest() -> Digest {
        var builder = DigestBuilder("reprise.weights.1")
        builder.add(tensors.count)
        for tensor in tensors {
            builder.add(tensor.name)
            builder.add(tensor.elementType.rawValue)
            builder.add(tensor.shape.count)
            for size in tensor.shape { builder.add(size) }
            var elements = StreamingDigest()
            tensor.withBytes { elements.update($0) }
            builder.add(elements.finish())
        }
        return builder.finish()
    }

    /// Buffers that follow from the configuration, which some writers stored as tensors.
    static func isIgnored(_ name: String) -> Bool {
        name.hasSuffix(".rotary_emb.inv_freq") || name.hasSuffix(".attn.bias") || name.hasSuffix(".attn.masked_bias")
    }
}

/// The digest of weights that never change, computed at most once at a time.
private final class DigestCache: Sendable {
    private let kept = Mutex<Digest?>(nil)

    func value(_ compute: () -> Digest) -> Digest {
        if let value = kept.withLock({ $0 }) { return value }
        let value = compute()
        kept.withLock { $0 = value }
        return value
    }
}
