import ArgumentParser
import Checkpoints
import Foundation
import JSONLines
import Transformer

/// `reprise generate`: continuations of prompts.
struct GenerateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "generate",
        abstract: "Draw continuations of prompts.",
        discussion: """
            Reads {"prompt": s} or {"tokens": [ids]} and adds "samples": [{"tokens", "text", "logprobs", "stop"}]. The stop \
            is "eos" when an end token of config.json was drawn, which is then not among the tokens, else "length". The \
            log-probabilities are those at temperature 1, before top-k and top-p. All lines are checked before the first is \
            continued. A sample is decided by the seed, the line's place among the lines and the sample's number: neither \
            threads nor batches change it.

            Example:
              echo '{"prompt": "Dear all,"}' |
                reprise generate --model base --max-new-tokens 40 --samples 4
            """)

    @Option(help: ArgumentHelp("Directory in the Hugging Face layout.", valueName: "dir")) var model: String
    @Option(help: "Most tokens to draw for a sample.") var maxNewTokens = 128
    @Option(help: "Above 1 is more varied, below 1 less; 0 takes the likeliest token.") var temperature: Float = 1
    @Option(help: "Draw among the likeliest tokens that together have this probability.") var topP: Float = 1
    @Option(help: "Draw among this many likeliest tokens; 0 is all.") var topK = 0
    @Option(help: "Continuations of each prompt.") var samples = 1
    @Option(help: "Decides all draws.") var seed: UInt64 = 0
    @Flag(inversion: .prefixedNo, help: "End a sample when an end token is drawn.") var stopAtEos = true
    @Flag(inversion: .prefixedNo, help: "Put the tokenizer's special tokens around a prompt.") var special = true
    @Option(help: "Threads; never change the result.") var threads = ProcessInfo.processInfo.activeProcessorCount
    @OptionGroup var input: LineInput

    func validate() throws {
        try OptionRange.check(OptionRange.tokens, ("max-new-tokens", maxNewTokens))
        if !(temperature >= 0 && temperature.isFinite) { throw ValidationError("--temperature must be at least 0.") }
        if !(topP > 0 && topP <= 1) { throw ValidationError("--top-p must be above 0 and at most 1.") }
        if !(0...10_000_000).contains(topK) {
            throw ValidationError("--top-k must be from 0 to 10000000; 0 keeps every token.")
        }
        if !(1...65_536).contains(samples) { throw ValidationError("--samples must be from 1 to 65536.") }
        try OptionRange.check(OptionRange.threads, ("threads", threads))
    }

    func run() async throws {
        let reader = try input.open()
        let model = try ModelDirectory(model)
        let prompts = try prompts(reader, model)
        let drawing = Drawing(
            weights: try PolicyWeights(checkpoint: model.checkpoint), tokenizer: model.tokenizer, samples: samples,
            decoding: DecodingParameters(
                temperature: temperature, topP: topP, topK: topK, maxNewTokens: maxNewTokens,
                stopTokens: stopAtEos ? model.checkpoint.config.eosTokenIDs : []),
            seed: seed)
        let meter = Meter(title: "generate", unit: "samples", total: prompts.count * samples)
        defer { meter.end() }
        var rest = prompts[...]
        // Enough prompts that the decoding batch stays full most of the time, few enough that lines come out early.
        try LineFilter(title: "generate", threads: threads, linesPerShare: max(8, 256 / samples)).run(
            { rest.popFirst() }
        ) { drawing.lines($0, meter) }
    }

    private func prompts(_ reader: LineReader, _ model: ModelDirectory) throws -> [PromptLine] {
        var reader = reader
        var prompts: [PromptLine] = []
        while let line = try reader.next() {
            let tokens: [Int32]
            if line.object["tokens"] == nil, line.object["prompt"] != nil {
                tokens = try model.encode(try line.text("prompt"), of: line, addSpecial: special)
            } else if line.object["tokens"] == nil {
                throw line.failure("neither \"prompt\" nor \"tokens\" is there.")
            } else {
                tokens = try line.tokens("tokens")
            }
            try model.check(tokens, of: line, more: maxNewTokens)
            prompts.append(
                PromptLine(
                    line: line, work: GenerationPrompt(index: UInt32(truncatingIfNeeded: prompts.count), tokens: tokens)
                ))
        }
        return prompts
    }
}
