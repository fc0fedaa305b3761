public import Checkpoints
import Numerics

/// Throughput of sampling and training, with the share of this machine's measured peak that it is.
///
/// The work is that of the project's comparison with other engines: random prompts, every sequence drawn to its full
/// length, the prompt pass included; training with the loss on the last part of each sequence, forward, backward and
/// update.
public enum Benchmark {
    /// One measurement, the best of its runs.
    public struct Result: Sendable {
        /// Generated tokens, or rows trained on, in one run.
        public var tokens: Int
        /// Seconds of each run, in order.
        public var seconds: [Double]
        /// Floating-point operations of the products with weights in one run.
        public var operations: Double
        /// Threads used.
        public var threads: Int
        /// 10⁹ operations per second that one thread of this machine reaches in registers.
        public var peakGigaflops: Double

        /// Seconds of the median run.
        public var medianSeconds: Double { seconds.sorted()[seconds.count / 2] }
        /// Tokens per second of the median run.
        public var tokensPerSecond: Double { Double(tokens) / medianSeconds }
        /// 10⁹ operations per second, counting products with weights only.
        public var gigaflops: Double { operations / medianSeconds / 1e9 }
        /// Share of the peak of the threads used.
        public var shareOfPeak: Double { gigaflops / (peakGigaflops * Double(threads)) }
    }

    /// Shapes by the names that people know; `nil` for any other name.
    public static func shape(named name: String) -> ModelConfig? {
        switch name {
        case "llama-15m":
            try? ModelConfig(
                vocabularySize: 32_000, hiddenSize: 288, intermediateSize: 768, layers: 6, heads: 6, keyValueHeads: 6,
                maxPositions: 1024)
        case "llama-110m":
            try? ModelConfig(
                vocabularySize: 32_000, hiddenSize: 768, intermediateSize: 2048, layers: 12, heads: 12,
                keyValueHeads: 12, maxPositions: 1024)
        case "smol-135m":
            try? ModelConfig(
                vocabularySize: 49_152, hiddenSize: 576, intermediateSize: 1536, layers: 30, heads: 9,
                keyValueHeads: 3, maxPositions: 2048, ropeTheta: 100_000)
        case "demo":
            try? ModelConfig(
                vocabularySize: 1536, hiddenSize: 160, intermediateSize: 448, layers: 4, heads: 5, keyValueHeads: 5,
                maxPositions: 512)
        default: nil
        }
    }

    /// Draws `prompts` × `samples` continuations of `newTokens` tokens on one thread.
    /// - Throws: `GenerationError` when the sizes do not fit the model.
    public static func sampling(
        _ weights: PolicyWeights, prompts: Int = 8, promptTokens: Int = 128, samples: Int = 8, newTokens: Int = 128,
        temperature: Float = 0.7, topP: Float = 1, runs: Int = 3
    ) throws(GenerationError) -> Result {
        let config = weights.config
        let decoding = DecodingParameters(temperature: temperature, topP: topP, maxNewTokens: newTokens)
        let work = (0..<prompts).map { index in
            GenerationPrompt(
                index: UInt32(index), tokens: randomTokens(promptTokens, stream: UInt64(index), config: config))
        }
        let generator = Generator(weights: weights, maxRows: prompts * samples)
        let clock = ContinuousClock()
        var seconds: [Double] = []
        for run in 0...runs {
            let start = clock.now
            _ = try generator.generate(work, samplesPerPrompt: samples, decoding: decoding, seed: UInt64(run))
            if run > 0 { seconds.append((clock.now - start) / .seconds(1)) }
        }
        let layers = 2 * Double(layerWeights(config))
        let head = 2 * Double(config.vocabularySize * config.hiddenSize)
        let generated = prompts * samples * newTokens
        let decoded = Double(prompts * samples * (newTokens - 1))
        let operations = decoded * (layers + head) + Double(prompts) * (Double(promptTokens) * layers + head)
        return Result(
            tokens: generated, seconds: seconds, operations: operations, threads: 1,
            peakGigaflops: KernelBenchmark.peakGigaflops())
    }

    /// Optimiser steps on `sequences` sequences of `tokens` tokens with the loss on the last `targets`.
    /// - Throws: `TrainingError` when the sizes do not fit the model.
    public static func training(
        _ model: LlamaModel, sequences: Int = 8, tokens: Int = 256, targets: Int = 128, threads: Int = 1, runs: Int = 3
    ) throws(TrainingError) -> Result {
        let config = model.config
        let examples = (0..<sequences).map { index in
            let ids = randomTokens(tokens, stream: UInt64(index), config: config)
            return TrainingExample(
                prompt: Array(ids.prefix(tokens - targets)), completion: Array(ids.suffix(targets)))
        }
        let recipe = TrainingRecipe(
            learningRate: 1e-5, schedule: LearningRateSchedule(decay: .constant), duration: .steps(runs + 1),
            batchSize: sequences)
        let clock = ContinuousClock()
        var seconds: [Double] = []
        var start = clock.now
        try Trainer(model: model, recipe: recipe).run(examples, threads: threads) { progress in
            let now = clock.now
            if progress.step > 1 { seconds.append((now - start) / .seconds(1)) }
            start = clock.now
            return true
        }
        let rows = Double(sequences * (tokens - 1))
        let targetRows = Double(sequences * targets)
        let weights =
            rows * Double(layerWeights(config)) - (rows - targetRows) * Double(lastLayerTail(config))
            + targetRows * Double(config.vocabularySize * config.hiddenSize)
        return Result(
            tokens: sequences * tokens, seconds: seconds, operations: 6 * weights, threads: threads,
            peakGigaflops: KernelBenchmark.peakGigaflops())
    }

    /// Weights of the last layer that only rows with a target meet.
    private static func lastLayerTail(_ config: ModelConfig) -> Int {
        (config.heads * config.headDimension + 3 * config.intermediateSize) * config.hiddenSize
    }

    /// Weights of all layers' matrices.
    private static func layerWeights(_ config: ModelConfig) -> Int {
        let attention = (2 * config.heads + 2 * config.keyValueHeads) * config.headDimension * config.hiddenSize
        return config.layers * (attention + 3 * config.hiddenSize * config.intermediateSize)
    }

    private static func randomTokens(_ count: Int, stream: UInt64, config: ModelConfig) -> [Int32] {
        let random = CounterRandom(key: 0xBE, stream: stream)
        return (0..<count).map { Int32(random.bits(at: UInt64($0)) % UInt64(config.vocabularySize)) }
    }
}
