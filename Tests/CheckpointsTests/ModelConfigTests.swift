import Checkpoints
import Files
import Testing

@Suite struct ModelConfigTests {
    static let small = #"""
        {"architectures": ["LlamaForCausalLM"], "model_type": "llama", "vocab_size": 160, "hidden_size": 48,
         "intermediate_size": 112, "num_hidden_layers": 3, "num_attention_heads": 4, "num_key_value_heads": 2,
         "max_position_embeddings": 128, "eos_token_id": [2, 3]
        """#

    static func parse(_ more: String) throws -> ModelConfig {
        try ModelConfig(json: Array((small + more + "}").utf8), file: "c.json")
    }

    @Test func readsBothSpellings() throws {
        let old = try Self.parse(
            #"""
            , "rope_theta": 5e5, "rope_scaling": {"rope_type": "llama3", "factor": 8.0, "low_freq_factor": 1.0,
            "high_freq_factor": 4.0, "original_max_position_embeddings": 64}
            """#)
        let new = try Self.parse(
            #"""
            , "rope_parameters": {"rope_type": "llama3", "factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0,
            "original_max_position_embeddings": 64, "rope_theta": 5e5}
            """#)
        #expect(old == new)
        #expect(old.ropeTheta == 500_000)
        #expect(
            old.ropeScaling
                == .llama3(factor: 8, lowFrequencyFactor: 1, highFrequencyFactor: 4, originalMaxPositions: 64))
        #expect(old.headDimension == 12)
        #expect(old.eosTokenIDs == [2, 3])
        #expect(old.bosTokenID == nil)
    }

    @Test(.enabled(if: Shared.exists, "needs ../shared"), arguments: ["llama-tied", "llama-untied", "llama3-rope"])
    func readsTheFixturesInBothSpellings(name: String) throws {
        let folder = Shared.path + "/fixtures/transformers/" + name
        let new = try ModelConfig(json: try FileReader.contents(of: folder + "/config.json", limit: 1 << 20))
        let old = try ModelConfig(json: try FileReader.contents(of: folder + "/config.v4.json", limit: 1 << 20))
        #expect(new == old)
        #expect(try ModelConfig(json: new.json()) == new)
    }

    @Test(
        .enabled(if: Shared.exists, "needs ../shared"),
        arguments: ["gemma", "gpt2", "qwen2", "qwen3", "mistral-window"])
    func refusesOtherArchitectures(name: String) throws {
        let path = Shared.path + "/fixtures/transformers/\(name)/config.json"
        let error = #expect(throws: CheckpointError.self) {
            try ModelConfig(json: try FileReader.contents(of: path, limit: 1 << 20), file: path)
        }
        #expect(error?.description.contains("LlamaForCausalLM) are supported") == true)
    }

    @Test func writesWhatItReads() throws {
        for scaling in [
            ModelConfig.RopeScaling.none, .linear(factor: 2.5),
            .llama3(factor: 8, lowFrequencyFactor: 1, highFrequencyFactor: 4, originalMaxPositions: 64),
        ] {
            var config = try Self.parse("")
            config.ropeScaling = scaling
            config.bosTokenID = 1
            #expect(try ModelConfig(json: config.json()) == config)
            #expect(config.json() == config.json())
        }
    }

    @Test(arguments: [
        (#", "num_key_value_heads": 3"#, "multiple of num_key_value_heads (3)"),
        (#", "hidden_size": 0"#, "hidden_size is 0"),
        (#", "hidden_size": "48""#, "c.json: hidden_size must be a whole number"),
        (#", "head_dim": 13"#, "head_dim is 13"),
        (#", "attention_bias": true"#, "c.json sets attention_bias"),
        (#", "hidden_act": "gelu""#, "hidden_act"),
        (#", "sliding_window": 8"#, "sliding_window"),
        (#", "rope_scaling": {"type": "yarn", "factor": 2}"#, "type yarn"),
        (#", "rope_scaling": {"type": "linear"}"#, "lacks rope_scaling.factor"),
        (#", "bos_token_id": 160"#, "token 160"),
        (#", "vocab_size": null"#, "c.json lacks vocab_size"),
        (#", "rms_norm_eps": 0"#, "rms_norm_eps"),
    ])
    func saysWhatDoesNotFit(more: String, sentence: String) throws {
        let error = #expect(throws: CheckpointError.self) { try Self.parse(more) }
        #expect(error?.description.contains(sentence) == true, "\(error?.description ?? "")")
    }

    @Test func countsParameters() throws {
        let config = try Self.parse("")
        let perLayer = 2 * 48 + 2 * 48 * 48 + 2 * 24 * 48 + 3 * 112 * 48
        #expect(config.parameterCount == 2 * 160 * 48 + 48 + 3 * perLayer)
        #expect(config.tensorShapes.map(\.name) == config.tensorShapes.map(\.name).sorted())
    }
}
