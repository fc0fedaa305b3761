import Checkpoints

@testable import Transformer

/// A tiny model with random weights, for tests of what does not depend on their values.
enum Tiny {
    static func config(
        vocabulary: Int = 61, layers: Int = 2, tied: Bool = true, maxPositions: Int = 96
    ) throws -> ModelConfig {
        try ModelConfig(
            vocabularySize: vocabulary, hiddenSize: 32, intermediateSize: 48, layers: layers, heads: 4,
            keyValueHeads: 2, headDimension: 8, maxPositions: maxPositions, tiesEmbeddings: tied)
    }

    /// Wide weights, so that every part shows in the logits.
    static func model(_ config: ModelConfig, seed: UInt64 = 1) -> LlamaModel {
        .initialized(config: config, seed: seed, deviation: 0.2)
    }
}
