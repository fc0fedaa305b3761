import Checkpoints
import Foundation
import JSONLines
import Numerics
import Tokenization

/// An encoder of 66 words and two layers whose weights are a function of their place, so that its reference values can be
/// computed elsewhere: value i of tensor t (in order of name) is 0.3 · (2u − 1) with u the i-th uniform number of stream t
/// under key 7; gains of norms are one more.
enum TinyEncoder {
    static let vocabulary = """
        [PAD] [UNK] [CLS] [SEP] [MASK] the quick brown fox jump ##s ##ed over lazy dog un ##aff ##able ##a cafe ' t don ! ? . \
        , - $ # 5 ##0 ##% 日 本 ##語 語 ま ##す i ##i s ##t strasse straße e ##e _ ( ) ` ^ ~ | « » … “ ” ½ α ##λ ##φ ##α σ ##ς
        """.split(separator: " ").joined(separator: "\n")

    static let config = #"""
        {"architectures": ["BertModel"], "model_type": "bert", "vocab_size": 66, "hidden_size": 24, "intermediate_size": 40,
         "num_hidden_layers": 2, "num_attention_heads": 3, "max_position_embeddings": 16, "type_vocab_size": 2,
         "layer_norm_eps": 1e-12, "hidden_act": "gelu"}
        """#

    static func tensors(prefix: String = "") throws -> [Tensor] {
        try BertConfig(json: Array(config.utf8)).tensorShapes.enumerated().map { index, entry in
            let random = CounterRandom(key: 7, stream: UInt64(index))
            let gain: Float = entry.name.hasSuffix("LayerNorm.weight") ? 1 : 0
            let floats = (0..<entry.shape.reduce(1, *)).map {
                gain + Float(0.3 * (2 * random.uniform(at: UInt64($0)) - 1))
            }
            return try Tensor(name: prefix + entry.name, shape: entry.shape, floats: floats)
        }
    }

    static func checkpoint() throws -> BertCheckpoint {
        try BertCheckpoint(config: BertConfig(json: Array(config.utf8)), tensors: tensors())
    }

    static func tokenizer() throws -> WordPieceTokenizer {
        try WordPieceTokenizer(vocabulary: Array(vocabulary.utf8))
    }

    /// A model directory.
    static func write(to path: String, prefix: String = "") throws {
        try SafetensorsFile.write(tensors(prefix: prefix), to: path + "/model.safetensors")
        try config.write(toFile: path + "/config.json", atomically: true, encoding: .utf8)
        try vocabulary.write(toFile: path + "/vocab.txt", atomically: true, encoding: .utf8)
    }
}
