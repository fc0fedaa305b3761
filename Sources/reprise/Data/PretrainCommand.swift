import ArgumentParser
import Checkpoints
import Foundation
import Personalization
import Tokenization
import Transformer

/// `reprise pretrain`: a tokenizer and a small base model from plain text.
struct PretrainCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pretrain",
        abstract: "Train a tokenizer and a small base model on plain text.",
        discussion: """
            The text comes from the demo world (--world SEED) or from the training rows of a data directory (--data DIR): the \
            documents of every profile, and every output, each profile as one text. The result is a directory in the Hugging \
            Face layout. The same options give the same bytes, whatever the number of threads.

            Example:
              reprise pretrain --data data/longlamp --vocabulary 4096 --hidden 192 \\
                --layers 6 --heads 6 --context 1024 --steps 1500 -o base
            """)

    @OptionGroup var source: PretrainingSource
    @OptionGroup var shape: PretrainingShape
    @Option(help: "Optimiser steps.") var steps = 1500
    @Option(help: "Texts in a step.") var batch = 16
    @Option(help: "Peak learning rate; linear warm-up over a twentieth of the steps, then cosine decay.")
    var learningRate = 3e-3
    @Option(help: "Decides the weights at the start and the order of the texts.") var seed: UInt64 = 1
    @Option(help: "Threads; never change the result.") var threads = 2
    @Option(name: .shortAndLong, help: "Directory to write; must not exist.") var output: String

    func validate() throws {
        try OptionRange.check(1...100_000_000, ("steps", steps))
        try OptionRange.check(1...65_536, ("batch", batch))
        try OptionRange.check(0...10, ("learning-rate", learningRate))
        try OptionRange.check(OptionRange.threads, ("threads", threads))
    }

    func run() async throws {
        try Output.check(directory: output)
        let texts = try source.texts()
        let tokenizer = try Tokenizer.train(
            texts: texts, vocabularySize: shape.vocabulary, specialTokens: [PretrainingShape.endOfText])
        let config = try shape.config(tokenizer)
        let examples = Self.examples(texts, tokenizer, context: config.maxPositions)
        let recipe = TrainingRecipe(
            learningRate: learningRate, weightDecay: 0.05,
            schedule: LearningRateSchedule(decay: .cosine, warmupSteps: max(1, steps / 20), floor: 0.05),
            duration: .steps(steps), batchSize: batch, maxTokens: 4096, seed: seed)
        let start = try LlamaModel.initialized(config: config, seed: seed).checkpoint(
            companions: [.init(name: "tokenizer.json", bytes: tokenizer.json)])
        print(
            """
            \(texts.count) texts, \(examples.reduce(0) { $0 + $1.completion.count }) tokens, \
            \(tokenizer.vocabularySize) in the vocabulary; \(config.parameterCount) parameters
            """)
        let trainer = try Trainer(checkpoint: start, recipe: recipe)
        var progress = TrainingScreen(title: "pretraining")
        let report = try trainer.run(examples, threads: threads) { step in
            progress.show(step)
            return true
        }
        progress.end()
        try Output.writing { try trainer.checkpoint().converted(to: .bfloat16).save(directory: output) }
        print("\(output): last loss \(Format.number(report.lastLoss, digits: 3))")
    }

    /// One example per text, ended by the end-of-text token; longer texts are cut into pieces of the context's length.
    private static func examples(_ texts: [String], _ tokenizer: Tokenizer, context: Int) -> [TrainingExample] {
        let end = tokenizer.id(of: PretrainingShape.endOfText).map { [$0] } ?? []
        return texts.flatMap { text -> [TrainingExample] in
            let tokens = tokenizer.encode(text) + end
            return stride(from: 0, to: tokens.count, by: context).compactMap { start in
                let piece = Array(tokens[start..<min(start + context, tokens.count)])
                return piece.count > 1 ? TrainingExample(prompt: [], completion: piece) : nil
            }
        }
    }
}

/// Where pretraining text comes from.
struct PretrainingSource: ParsableArguments {
    @Option(help: ArgumentHelp("Text of the demo world with this seed.", valueName: "seed")) var world: UInt64?
    @Option(help: "With --world: documents to write.") var documents = 20_000
    @Option(help: ArgumentHelp("Profiles and outputs of the training rows in this directory.", valueName: "directory"))
    var data: String?

    func validate() throws {
        if (world == nil) == (data == nil) { throw ValidationError("Give either --world or --data.") }
        try OptionRange.check(1...10_000_000, ("documents", documents))
    }

    func texts() throws -> [String] {
        if let world {
            return SyntheticWorld(seed: world).genericText(seed: world, documents: documents)
        }
        guard let data else { return [] }
        let template = PromptTemplate(wording: .compact, reasons: false)
        let (examples, _) = try DataSet(directory: data).load(.train, LoadOptions(emptyProfile: .allow))
        return examples.flatMap { example -> [String] in
            let profile = example.profile.map(template.document).joined(separator: "\n")
            return [profile, example.output].filter { !$0.isEmpty }
        }
    }
}

/// The shape of the model.
struct PretrainingShape: ParsableArguments {
    static let endOfText = "<|end|>"

    @Option(help: "Tokens in the vocabulary.") var vocabulary = 1024
    @Option(help: "Width of the residual stream.") var hidden = 160
    @Option(help: "Width of the feed-forward layer.") var intermediate: Int?
    @Option(help: "Decoder blocks.") var layers = 4
    @Option(help: "Attention heads.") var heads = 4
    @Option(help: "Key and value heads; as many as heads unless said.") var keyValueHeads: Int?
    @Option(help: "Longest sequence in tokens.") var context = 512

    func validate() throws {
        try OptionRange.check(256...1_000_000, ("vocabulary", vocabulary))
        try OptionRange.check(1...65_536, ("hidden", hidden), ("heads", heads), ("key-value-heads", keyValueHeads))
        try OptionRange.check(1...1_000_000, ("intermediate", intermediate), ("context", context))
        try OptionRange.check(1...1000, ("layers", layers))
    }

    func config(_ tokenizer: Tokenizer) throws -> ModelConfig {
        try ModelConfig(
            vocabularySize: tokenizer.vocabularySize, hiddenSize: hidden,
            intermediateSize: intermediate ?? (hidden * 8 / 3 + 31) / 32 * 32, layers: layers, heads: heads,
            keyValueHeads: keyValueHeads ?? heads, maxPositions: context, tiesEmbeddings: true,
            eosTokenIDs: tokenizer.id(of: Self.endOfText).map { [$0] } ?? [])
    }
}
