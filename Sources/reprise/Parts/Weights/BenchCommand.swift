import ArgumentParser
import Checkpoints
import JSONLines
import Transformer

/// `reprise bench`: tokens per second, and the share of the machine's peak that they are.
struct BenchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Measure sampling or training on this machine.",
        discussion: """
            The peak is measured too: fused multiply-adds in registers, which no product of matrices can exceed. Operations are \
            those of products with weights alone. The median of the runs counts; leave the machine alone meanwhile.

            Examples:
              reprise bench sampling --shape llama-15m
              reprise bench training --shape llama-15m
            """,
        subcommands: [Sampling.self, Training.self])

    struct Sampling: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Draw samples of random prompts to their full length, on one thread.",
            discussion: """
                Example:
                  reprise bench sampling --shape llama-15m
                """)

        @OptionGroup var subject: BenchSubject
        @Option(help: "Prompts.") var prompts = 8
        @Option(help: "Tokens of a prompt.") var promptTokens = 128
        @Option(help: "Samples of each prompt.") var samples = 8
        @Option(help: "Tokens drawn for a sample.") var newTokens = 128
        @Option(help: "Temperature; 0 is greedy.") var temperature: Float = 0.7
        @Option(help: "Nucleus.") var topP: Float = 1

        func validate() throws {
            try OptionRange.check(1...65_536, ("prompts", prompts), ("samples", samples))
            try OptionRange.check(1...1_000_000, ("prompt-tokens", promptTokens), ("new-tokens", newTokens))
        }

        func run() async throws {
            let weights = PolicyWeights(model: try subject.load())
            let result = try Benchmark.sampling(
                weights, prompts: prompts, promptTokens: promptTokens, samples: samples, newTokens: newTokens,
                temperature: temperature, topP: topP, runs: subject.runs)
            try subject.report(
                result,
                "sampling \(subject.name): \(prompts) prompts × \(promptTokens) tokens × \(samples) samples × "
                    + "\(newTokens) new tokens")
        }
    }

    struct Training: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Take optimiser steps with the loss on the last tokens of each sequence.",
            discussion: """
                Tokens per second count every token of a sequence.

                Example:
                  reprise bench training --shape llama-15m
                """)

        @OptionGroup var subject: BenchSubject
        @Option(help: "Sequences in a step.") var sequences = 8
        @Option(help: "Tokens of a sequence.") var tokens = 256
        @Option(help: "Tokens of a sequence, the last ones, whose loss counts.") var targets = 128
        @Option(help: "Threads.") var threads = 1

        func validate() throws {
            try OptionRange.check(1...65_536, ("sequences", sequences))
            try OptionRange.check(1...1_000_000, ("tokens", tokens), ("targets", targets))
            try OptionRange.check(OptionRange.threads, ("threads", threads))
            if tokens <= targets { throw ValidationError("--tokens must be above --targets.") }
        }

        func run() async throws {
            let result = try Benchmark.training(
                try subject.load(), sequences: sequences, tokens: tokens, targets: targets, threads: threads,
                runs: subject.runs)
            try subject.report(
                result,
                "training \(subject.name): \(sequences) × \(tokens) tokens, loss on the last \(targets), "
                    + "\(threads) \(threads == 1 ? "thread" : "threads")")
        }
    }
}

/// What is measured, how often and how it is told.
struct BenchSubject: ParsableArguments {
    @Argument(help: "Directory in the Hugging Face layout.") var model: String?
    @Option(help: "Random weights of a known shape instead: llama-15m, llama-110m, smol-135m or demo.")
    var shape: String?
    @Option(help: "Timed runs, after one that is not.") var runs = 3
    @Flag(help: "Print one line of JSON instead.") var json = false

    func validate() throws {
        if (model == nil) == (shape == nil) { throw ValidationError("Give either a model directory or --shape.") }
        if let shape, Benchmark.shape(named: shape) == nil {
            throw ValidationError("There is no shape '\(shape)'; there are llama-15m, llama-110m, smol-135m and demo.")
        }
        try OptionRange.check(1...10_000, ("runs", runs))
    }

    var name: String { shape ?? model ?? "" }

    func load() throws -> LlamaModel {
        if let shape, let config = Benchmark.shape(named: shape) {
            return .initialized(config: config, seed: 1)
        }
        return try LlamaModel(checkpoint: try ModelDirectory.checkpoint(model ?? ""))
    }

    func report(_ result: Benchmark.Result, _ title: String) throws {
        let rates = result.seconds.map { Double(result.tokens) / $0 }
        if json {
            try LineOutput.print([
                "work": .string(title), "tokensPerSecond": .number(result.tokensPerSecond),
                "runs": .array(rates.map { .number($0) }), "gigaflops": .number(result.gigaflops),
                "peakGigaflops": .number(result.peakGigaflops * Double(result.threads)),
                "shareOfPeak": .number(result.shareOfPeak),
            ])
            return
        }
        let spread = "\(Format.number(rates.min() ?? 0, digits: 0)) to \(Format.number(rates.max() ?? 0, digits: 0))"
        print(title)
        print(
            """
              \(Format.number(result.tokensPerSecond, digits: 0)) tokens/s, the median of \(rates.count) runs from \(spread)
              \(Format.number(result.gigaflops)) GFLOP/s, \(Format.number(100 * result.shareOfPeak, digits: 0)) % of the \
            measured peak of \(Format.number(result.peakGigaflops * Double(result.threads)))
            """)
    }
}
