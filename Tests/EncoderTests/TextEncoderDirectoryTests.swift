import Checkpoints
import Encoder
import Foundation
import JSONLines
import Numerics
import Testing

@Suite struct TextEncoderDirectoryTests {
    private let folder: String

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "reprise-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }

    private func write(_ text: String, to name: String) throws {
        let path = "\(folder)/\(name)"
        try FileManager.default.createDirectory(
            atPath: URL(filePath: path).deletingLastPathComponent().path, withIntermediateDirectories: true)
        try text.write(toFile: path, atomically: true, encoding: .utf8)
    }

    private func refusal() -> String {
        do {
            _ = try TextEncoder.load(directory: folder)
            return ""
        } catch {
            return "\(error)"
        }
    }

    @Test(arguments: ["", "bert."]) func aDirectoryGivesTheSameVectors(prefix: String) throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try TinyEncoder.write(to: folder, prefix: prefix)
        let loaded = try TextEncoder.load(directory: folder)
        let made = try TextEncoder(checkpoint: TinyEncoder.checkpoint(), tokenizer: TinyEncoder.tokenizer())
        #expect(loaded.digest == made.digest)
        #expect(loaded.dimension == 24 && loaded.maxTokens == 16)
        #expect(loaded.embed(["the fox"])[0].array == made.embed(["the fox"])[0].array)
    }

    @Test func theFilesOfSentenceTransformersCount() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try TinyEncoder.write(to: folder)
        try write(#"{"max_seq_length": 9, "do_lower_case": false}"#, to: "sentence_bert_config.json")
        #expect(try TextEncoder.load(directory: folder).maxTokens == 9)
        #expect(try TextEncoder.load(directory: folder, maxTokens: 12).maxTokens == 12)
        try write(#"{"pooling_mode_mean_tokens": false, "pooling_mode_cls_token": true}"#, to: "1_Pooling/config.json")
        #expect(refusal().contains("asks for a pooling other than the mean"))
    }

    @Test func whatCannotBeUsedIsSaid() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        #expect(refusal().contains("config.json"))
        try TinyEncoder.write(to: folder)
        let changes: [(String, JSON, String)] = [
            ("model_type", "roberta", "model_type roberta; encoders of the type bert"),
            ("hidden_act", "relu", #"sets hidden_act to "relu"; "gelu" is supported"#),
            ("position_embedding_type", "relative_key", "position_embedding_type"),
            ("is_decoder", true, "sets is_decoder"), ("num_attention_heads", 5, "must be a multiple of"),
            ("hidden_size", 48, "its configuration implies"),
            ("num_hidden_layers", 3, "lacks tensor encoder.layer.2"), ("vocab_size", 0, "vocab_size is 0"),
        ]
        for (key, value, sentence) in changes {
            var config = try #require(try JSON.parse(Array(TinyEncoder.config.utf8)).object)
            config[key] = value
            try write(JSON.object(config).serialized(), to: "config.json")
            #expect(refusal().contains(sentence), "\(key)")
        }
        try write(TinyEncoder.config, to: "config.json")
        try write(TinyEncoder.vocabulary + "\nmore", to: "vocab.txt")
        #expect(refusal().contains("the tokenizer has 67 tokens but the model only 66"))
        try FileManager.default.removeItem(atPath: folder + "/model.safetensors")
        try write("", to: "pytorch_model.bin")
        #expect(refusal().contains("holds its weights as pytorch_model.bin"))
        #expect(refusal().contains("save_pretrained"))
    }
}
