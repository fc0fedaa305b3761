import Checkpoints
import Foundation

/// A model directory with an encoder of the BERT type: letters for words, weights that look random.
enum TinyEncoder {
    static func write(to path: String, shift: Int = 0) throws {
        let letters = "abcdefghijklmnopqrstuvwxyz".map(String.init)
        let vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]"] + letters + letters.map { "##" + $0 }
        let config = """
            {"model_type": "bert", "vocab_size": \(vocabulary.count), "hidden_size": 8, "intermediate_size": 12,
             "num_hidden_layers": 1, "num_attention_heads": 2, "max_position_embeddings": 64}
            """
        let tensors = try BertConfig(json: Array(config.utf8)).tensorShapes.enumerated().map { index, entry in
            let count = entry.shape.reduce(1, *)
            let floats = (0..<count).map { Float(($0 * 7919 + (index + shift) * 104_729) % 2003) / 1000 - 1 }
            return try Tensor(name: entry.name, shape: entry.shape, floats: floats)
        }
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        try SafetensorsFile.write(tensors, to: path + "/model.safetensors")
        try config.write(toFile: path + "/config.json", atomically: true, encoding: .utf8)
        try vocabulary.joined(separator: "\n").write(toFile: path + "/vocab.txt", atomically: true, encoding: .utf8)
    }
}
