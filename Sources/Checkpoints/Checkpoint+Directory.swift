import Files
import Foundation
import JSONLines

/// The Hugging Face layout: config.json, model.safetensors (or shards under an index), tokenizer files.
extension Checkpoint {
    /// Files carried along when they are there.
    public static let companionNames = [
        "generation_config.json", "special_tokens_map.json", "tokenizer.json", "tokenizer_config.json",
    ]

    static let weightsName = "model.safetensors"
    static let indexName = "model.safetensors.index.json"
    /// Far above any configuration or tokenizer; keeps a wrong path from being read into memory whole.
    static let largestTextByteCount = 256 << 20

    /// Reads a directory; each tensor goes from its file straight into its array.
    /// - Throws: `FileError`, `SafetensorsError` or `CheckpointError`, one sentence that names file and tensor.
    public static func load(directory: String) throws -> Checkpoint {
        guard Directories.exists(directory) else {
            throw CheckpointError("\(directory) is not a directory with a checkpoint (config.json, model.safetensors).")
        }
        let configPath = directory + "/config.json"
        let config = try ModelConfig(
            json: try FileReader.contents(of: configPath, limit: largestTextByteCount), file: configPath)
        let (tensors, source) = try weights(in: directory)
        var companions: [Companion] = []
        for name in companionNames where FileManager.default.fileExists(atPath: directory + "/" + name) {
            companions.append(
                Companion(
                    name: name, bytes: try FileReader.contents(of: directory + "/" + name, limit: largestTextByteCount))
            )
        }
        return try Checkpoint(config: config, tensors: tensors, companions: companions, source: source)
    }

    private static func weights(in directory: String) throws -> ([Tensor], source: String) {
        let whole = directory + "/" + weightsName
        let index = directory + "/" + indexName
        if FileManager.default.fileExists(atPath: whole) || !FileManager.default.fileExists(atPath: index) {
            let file = try SafetensorsFile(path: whole)
            return (try file.names.filter { !isIgnored($0) }.map { try file.tensor($0) }, whole)
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
        for (name, value) in map where !isIgnored(name) {
            guard let shard = value.string, !shard.isEmpty, !shard.contains("/") else {
                throw CheckpointError("\(index) gives no file of this directory for tensor \(name).")
            }
            let file = try files[shard] ?? SafetensorsFile(path: directory + "/" + shard)
            files[shard] = file
            tensors.append(try file.tensor(name))
        }
        return (tensors, index)
    }

    /// Writes a directory that transformers loads, durably. A new directory appears complete or not at all; in one that is
    /// there each file is replaced whole, the weights last.
    /// - Throws: `FileError`, `CheckpointError`.
    public func save(directory: String) throws {
        try Self.stage(directory) { try write(into: $0) }
    }

    /// Calls with the directory, or with one beside it that then takes its name.
    static func stage(_ directory: String, _ body: (String) throws -> Void) throws {
        if Directories.exists(directory) {
            try body(directory)
            return
        }
        let (parent, name) = Directories.split(directory)
        try Directories.create(parent)
        let temporary = "\(parent)/.\(name).\(ProcessInfo.processInfo.processIdentifier).partial"
        // A killed process with the same id may have left it.
        try? FileManager.default.removeItem(atPath: temporary)
        try Directories.create(temporary)
        do {
            try body(temporary)
            try Directories.publish(temporary, as: directory)
        } catch {
            try? FileManager.default.removeItem(atPath: temporary)
            throw error
        }
    }

    private func write(into directory: String) throws {
        try FileReplacement.write(config.json(elementType: elementType), to: directory + "/config.json")
        for companion in companions {
            guard Self.companionNames.contains(companion.name) else {
                throw CheckpointError("A checkpoint cannot carry a file called \(companion.name).")
            }
            try FileReplacement.write(companion.bytes, to: directory + "/" + companion.name)
        }
        try SafetensorsFile.write(tensors, to: directory + "/" + Self.weightsName)
    }
}
