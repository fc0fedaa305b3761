import Files
import Foundation
import JSONLines

/// The weights of a directory in the Hugging Face layout: model.safetensors, or shards under an index.
enum WeightFiles {
    static let wholeName = "model.safetensors"
    static let indexName = "model.safetensors.index.json"
    /// Far above any configuration or tokenizer; keeps a wrong path from being read into memory whole.
    static let largestTextByteCount = 256 << 20

    /// Reads every tensor whose name is wanted, each from its file straight into its array.
    /// - Returns: the tensors, and what error sentences call their origin.
    /// - Throws: `FileError`, `SafetensorsError` or `CheckpointError`, one sentence that names file and tensor.
    static func read(_ directory: String, where isWanted: (String) -> Bool) throws -> ([Tensor], source: String) {
        let whole = directory + "/" + wholeName
        let index = directory + "/" + indexName
        let (hasWhole, hasIndex) = (isFile(whole), isFile(index))
        if !hasWhole, !hasIndex, isFile(directory + "/pytorch_model.bin") {
            throw CheckpointError(
                """
                \(directory) holds its weights as pytorch_model.bin, which runs code when it is read; convert it once with \
                transformers: AutoModel.from_pretrained(DIR).save_pretrained(DIR) writes model.safetensors.
                """)
        }
        if hasWhole || !hasIndex {
            let file = try SafetensorsFile(path: whole)
            return (try file.names.filter(isWanted).map { try file.tensor($0) }, whole)
        }
        let json: JSON
        do {
            json = try JSON.parse(try FileReader.contents(of: index, limit: largestTextByteCount))
        } catch let error as FileError {
            throw error
        } catch {
            throw CheckpointError("\(index) is not JSON: \(error)")
        }
        guard let map = json["weight_map"]?.object else { throw CheckpointError("\(index) lacks weight_map.") }
        var files: [String: SafetensorsFile] = [:]
        var tensors: [Tensor] = []
        for (name, value) in map where isWanted(name) {
            guard let shard = value.string, !shard.isEmpty, !shard.contains("/") else {
                throw CheckpointError("\(index) gives no file of this directory for tensor \(name).")
            }
            let file = try files[shard] ?? SafetensorsFile(path: directory + "/" + shard)
            files[shard] = file
            tensors.append(try file.tensor(name))
        }
        return (tensors, index)
    }

    private static func isFile(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }
}
