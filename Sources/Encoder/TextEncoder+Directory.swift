import Checkpoints
import Files
import Foundation
import JSONLines
import Tokenization

extension TextEncoder {
    /// Loads a directory in the Hugging Face layout: config.json, model.safetensors, tokenizer.json or vocab.txt.
    ///
    /// Where the files of sentence-transformers lie beside them, their longest text (`sentence_bert_config.json`) is the
    /// default of `maxTokens`, and a pooling other than the mean is refused.
    ///
    /// - Throws: `FileError`, `SafetensorsError`, `TokenizerError` or `CheckpointError`, one sentence that names the file.
    public static func load(directory: String, maxTokens: Int? = nil) throws -> TextEncoder {
        let checkpoint = try BertCheckpoint.load(directory: directory)
        let pooling = directory + "/1_Pooling/config.json"
        if let config = try json(pooling), config["pooling_mode_mean_tokens"]?.bool == false {
            throw CheckpointError(
                "\(pooling) asks for a pooling other than the mean of the tokens, which is supported.")
        }
        let own = try json(directory + "/sentence_bert_config.json")?["max_seq_length"]?.integer
        return try TextEncoder(
            checkpoint: checkpoint, tokenizer: try WordPieceTokenizer.load(directory: directory),
            maxTokens: maxTokens ?? own.map { min($0, checkpoint.config.maxPositions) }, name: directory)
    }

    private static func json(_ path: String) throws -> JSON? {
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        let bytes = try FileReader.contents(of: path, limit: 1 << 20)
        do {
            return try JSON.parse(bytes)
        } catch {
            throw CheckpointError("\(path) is not JSON: \(error)")
        }
    }
}
