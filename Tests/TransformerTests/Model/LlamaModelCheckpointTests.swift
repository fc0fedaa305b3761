import Checkpoints
import Numerics
import Testing

@testable import Transformer

struct LlamaModelCheckpointTests {
    @Test(arguments: [true, false]) func weightsSurviveTheRoundTrip(tied: Bool) throws {
        let model = Tiny.model(try Tiny.config(tied: tied))
        let checkpoint = try model.checkpoint()
        let again = try LlamaModel(checkpoint: checkpoint)
        #expect(again.parameters.all.array == model.parameters.all.array)
        #expect(try again.checkpoint().weightsDigest == checkpoint.weightsDigest)
        #expect(model.parameterCount == model.config.parameterCount)
    }

    @Test func bfloat16IsRoundedToNearestEven() throws {
        let model = Tiny.model(try Tiny.config())
        let rounded = try LlamaModel(checkpoint: try model.checkpoint(as: .bfloat16))
        let expected = HalfPrecision.floats(bfloat16: HalfPrecision.bfloat16(model.parameters.all.array))
        #expect(rounded.parameters.all.array == expected)
    }

    @Test func companionsTravelAlong() throws {
        let companion = Checkpoint.Companion(name: "tokenizer.json", bytes: [1, 2, 3])
        let checkpoint = try Tiny.model(try Tiny.config()).checkpoint(companions: [companion])
        #expect(checkpoint.companions == [companion])
    }
}
