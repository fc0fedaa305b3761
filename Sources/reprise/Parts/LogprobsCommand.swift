import ArgumentParser
import Checkpoints
import Foundation
import JSONLines
import Transformer

/// `reprise logprobs`: what the model thinks of given sequences.
struct LogprobsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "logprobs",
        abstract: "Give the log-probability of each token of a text.",
        discussion: """
            Reads {"tokens": [ids]} or {"text": s} and adds "tokens" and "logprobs": the natural logarithm of each token's \
            probability after those before it, null for the first. For tokens that `reprise generate` drew, these are the \
            same bits. A line with both fields is taken by its tokens.

            Example:
              echo '{"text": "Hello there"}' | reprise logprobs --model base
            """)

    @Option(help: ArgumentHelp("Directory in the Hugging Face layout.", valueName: "dir")) var model: String
    @Flag(inversion: .prefixedNo, help: "Put the tokenizer's special tokens around text.") var special = true
    @Option(help: "Threads; never change the result.") var threads = ProcessInfo.processInfo.activeProcessorCount
    @OptionGroup var input: LineInput

    func validate() throws {
        try OptionRange.check(OptionRange.threads, ("threads", threads))
    }

    func run() async throws {
        let reader = try input.open()
        let model = try ModelDirectory(model)
        let weights = try PolicyWeights(checkpoint: model.checkpoint)
        let special = special
        try LineFilter(title: "logprobs", threads: threads, linesPerShare: 16).run(reader) { lines in
            let scorer = SequenceScorer(weights: weights)
            return lines.map { line in Result { try Self.score(line, model, scorer, special: special) } }
        }
    }

    private static func score(
        _ line: InputLine, _ model: ModelDirectory, _ scorer: SequenceScorer, special: Bool
    ) throws -> JSONObject {
        let tokens: [Int32]
        if line.object["tokens"] == nil, line.object["text"] != nil {
            tokens = try model.encode(try line.text("text"), of: line, addSpecial: special)
        } else if line.object["tokens"] == nil {
            throw line.failure("neither \"tokens\" nor \"text\" is there.")
        } else {
            tokens = try line.tokens("tokens")
        }
        try model.check(tokens, of: line)
        let logprobs = try scorer.logProbabilities(tokens)
        return line.adding([
            "tokens": JSON(tokens: tokens), "logprobs": .array([.null] + logprobs.map { JSON(float: $0) }),
        ])
    }
}
