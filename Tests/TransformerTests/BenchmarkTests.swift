import Checkpoints
import Testing

@testable import Transformer

struct BenchmarkTests {
    @Test func countsTokensAndOperations() throws {
        let config = try Tiny.config()
        let model = Tiny.model(config)
        let sampling = try Benchmark.sampling(
            PolicyWeights(model: model), prompts: 2, promptTokens: 8, samples: 3, newTokens: 5, runs: 1)
        #expect(sampling.tokens == 30 && sampling.seconds.count == 1)
        let layers = 2.0 * Double(2 * (32 * 32 * 2 + 32 * 16 * 2 + 3 * 32 * 48))
        let head = 2.0 * 61 * 32
        #expect(sampling.operations == 24 * (layers + head) + 2 * (8 * layers + head))
        #expect(sampling.tokensPerSecond > 0 && sampling.shareOfPeak > 0 && sampling.shareOfPeak < 1)
        let training = try Benchmark.training(model, sequences: 2, tokens: 12, targets: 5, runs: 2)
        #expect(training.tokens == 24 && training.seconds.count == 2)
        let tail = 2.0 * (32 * 32 + 3 * 32 * 48)
        #expect(training.operations == 3 * (22 * layers - 12 * tail + 10 * head))
    }

    @Test func knowsTheShapesThatAreCompared() {
        #expect(Benchmark.shape(named: "llama-15m")?.parameterCount == 15_191_712)
        #expect(Benchmark.shape(named: "llama-110m")?.layers == 12)
        #expect(Benchmark.shape(named: "smol-135m")?.keyValueHeads == 3)
        #expect(Benchmark.shape(named: "demo") != nil)
        #expect(Benchmark.shape(named: "none") == nil)
    }
}
