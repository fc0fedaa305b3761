import Checkpoints
import Numerics
import Testing

@testable import Transformer

struct InitializationTests {
    private static func deviation(_ model: LlamaModel, _ name: String) throws -> Double {
        let entry = try #require(model.layout.entries.first { $0.name == name })
        return (model.parameters[entry].sumOfSquares / Double(entry.count)).squareRoot()
    }

    @Test func deviationsAreThoseOfGPT2() throws {
        let model = LlamaModel.initialized(config: try Tiny.config(vocabulary: 500, layers: 2), seed: 3)
        #expect(abs(try Self.deviation(model, "model.embed_tokens.weight") - 0.02) < 0.001)
        #expect(abs(try Self.deviation(model, "model.layers.0.self_attn.q_proj.weight") - 0.02) < 0.002)
        #expect(abs(try Self.deviation(model, "model.layers.1.self_attn.o_proj.weight") - 0.01) < 0.001)
        #expect(abs(try Self.deviation(model, "model.layers.1.mlp.down_proj.weight") - 0.01) < 0.001)
        #expect(try Self.deviation(model, "model.norm.weight") == 1)
    }

    @Test func seedDecidesTheNumbersAndTensorsDiffer() throws {
        let config = try Tiny.config()
        let one = LlamaModel.initialized(config: config, seed: 1)
        #expect(one.parameters.all.array == LlamaModel.initialized(config: config, seed: 1).parameters.all.array)
        #expect(one.parameters.all.array != LlamaModel.initialized(config: config, seed: 2).parameters.all.array)
        #expect(one.parameters.layers[0].gateUp.array != one.parameters.layers[1].gateUp.array)
    }
}
