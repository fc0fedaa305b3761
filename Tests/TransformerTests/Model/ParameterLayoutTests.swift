import Checkpoints
import Testing

@testable import Transformer

struct ParameterLayoutTests {
    @Test(arguments: [true, false]) func holdsExactlyTheCheckpointsTensors(tied: Bool) throws {
        let config = try Tiny.config(tied: tied)
        let layout = ParameterLayout(config)
        let expected = config.tensorShapes
        #expect(layout.entries.map(\.name).sorted() == expected.map(\.name))
        for (name, shape) in expected {
            #expect(layout.entries.first { $0.name == name }?.shape == shape)
        }
    }

    @Test func tensorsDoNotOverlapAndGroupsStartOnCacheLines() throws {
        let layout = ParameterLayout(try Tiny.config(vocabulary: 61, tied: false))
        var end = 0
        for entry in layout.entries {
            #expect(entry.offset >= end)
            end = entry.range.upperBound
        }
        #expect(end == layout.count)
        for offsets in layout.layers {
            for start in [offsets.inputNorm, offsets.queryKeyValue, offsets.attentionOutput, offsets.gateUp] {
                #expect(start.isMultiple(of: 16))
            }
        }
    }

    @Test func queryKeyAndValueLieEndToEnd() throws {
        let layout = ParameterLayout(try Tiny.config())
        func range(_ part: String) throws -> Range<Int> {
            try #require(layout.entries.first { $0.name == "model.layers.1." + part + ".weight" }).range
        }
        #expect(try range("self_attn.q_proj").upperBound == range("self_attn.k_proj").lowerBound)
        #expect(try range("self_attn.k_proj").upperBound == range("self_attn.v_proj").lowerBound)
        #expect(try range("mlp.gate_proj").upperBound == range("mlp.up_proj").lowerBound)
    }

    @Test func aTiedOutputIsTheEmbedding() throws {
        let tied = ParameterLayout(try Tiny.config(tied: true))
        #expect(tied.output == tied.embedding)
        let untied = ParameterLayout(try Tiny.config(tied: false))
        #expect(untied.output != untied.embedding)
    }
}
