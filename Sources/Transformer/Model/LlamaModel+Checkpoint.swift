public import Checkpoints
import Numerics

extension LlamaModel {
    /// The checkpoint's weights as floats.
    /// - Throws: `CheckpointError` when a tensor is missing.
    public convenience init(checkpoint: Checkpoint) throws(CheckpointError) {
        self.init(config: checkpoint.config)
        try load(checkpoint)
    }

    /// Takes over the weights of a checkpoint of the same shape.
    /// - Throws: `CheckpointError` when a tensor is missing.
    public func load(_ checkpoint: Checkpoint) throws(CheckpointError) {
        for entry in layout.entries { parameters[entry].copy(from: try checkpoint.floats(entry.name)) }
    }

    /// The weights rounded to `type` (to nearest even), under their Hugging Face names.
    /// - Throws: `CheckpointError` when the type holds no weights.
    public func checkpoint(
        as type: ElementType = .float32, companions: [Checkpoint.Companion] = []
    ) throws(CheckpointError) -> Checkpoint {
        var tensors: [Tensor] = []
        for entry in layout.entries {
            tensors.append(
                try Tensor(name: entry.name, shape: entry.shape, floats: parameters[entry].array, as: type))
        }
        return try Checkpoint(config: config, tensors: tensors, companions: companions)
    }
}

extension LlamaGeometry {
    static func scaling(_ scaling: ModelConfig.RopeScaling) -> RotaryEmbedding.Scaling {
        switch scaling {
        case .none: .none
        case .linear(let factor): .linear(factor: factor)
        case .llama3(let factor, let low, let high, let original):
            .llama3(
                factor: factor, lowFrequencyFactor: low, highFrequencyFactor: high, originalPositions: original)
        }
    }
}
