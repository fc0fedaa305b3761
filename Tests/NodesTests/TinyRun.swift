import Checkpoints
import Configuration
import Foundation
import Nodes
import Personalization
import Tokenization
import Transformer

/// A base model, a data set and a configuration small enough that every test makes its own; gone with its value.
final class TinyRun: Sendable {
    let path: String
    let base: BaseModel

    init(context: Int = 256) throws {
        path = FileManager.default.temporaryDirectory.appending(path: "reprise-nodes-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        let world = SyntheticWorld(seed: 1, size: SyntheticWorld.Size(train: 4, validation: 2, test: 2))
        try world.write(to: path + "/data", compressed: false)
        let tokenizer = try Tokenizer.train(
            texts: world.genericText(seed: 1, documents: 40), vocabularySize: 400, specialTokens: ["<|end|>"])
        base = try BaseModel(checkpoint: try Self.checkpoint(tokenizer, context: context), name: "tiny")
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// Random weights; `vocabulary` other than the tokenizer's makes a model that does not fit it.
    static func checkpoint(_ tokenizer: Tokenizer, context: Int, vocabulary: Int? = nil) throws -> Checkpoint {
        let config = try ModelConfig(
            vocabularySize: vocabulary ?? tokenizer.vocabularySize, hiddenSize: 32, intermediateSize: 64, layers: 1,
            heads: 2, keyValueHeads: 1, maxPositions: context, eosTokenIDs: [0])
        return try LlamaModel.initialized(config: config, seed: 1, deviation: 0.1).checkpoint(
            companions: [.init(name: "tokenizer.json", bytes: tokenizer.json)])
    }

    /// Two iterations over eight prompts. The mode is rest-em, whose answer is the whole text: so small a model would
    /// hardly ever write the marker.
    func configuration(_ change: (inout RunConfiguration) -> Void = { _ in }) -> RunConfiguration {
        var configuration = RunConfiguration()
        configuration.run.mode = .restEM
        configuration.run.iterations = 2
        configuration.data.directory = path + "/data"
        configuration.model.base = path + "/base"
        configuration.data.train = 8
        configuration.data.validation = 4
        configuration.data.test = 4
        configuration.personalization.documents = 2
        configuration.sampling.samplesPerPrompt = 3
        configuration.sampling.promptsPerTask = 3
        configuration.sampling.maxNewTokens = 24
        configuration.sampling.temperature = 1
        configuration.evaluation.maxNewTokens = 24
        configuration.fineTuning.length = .epochs(6)
        configuration.training.length = .epochs(2)
        for recipe in [\RunConfiguration.fineTuning, \.training] {
            configuration[keyPath: recipe].batchSize = 4
            configuration[keyPath: recipe].learningRate = 0.01
            configuration[keyPath: recipe].warmupSteps = 1
        }
        configuration.selection.threshold = .absolute(0.01)
        change(&configuration)
        return configuration
    }
}
