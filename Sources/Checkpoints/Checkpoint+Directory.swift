import Files
import Foundation

/// The Hugging Face layout: config.json, model.safetensors (or shards under an index), tokenizer files.
extension Checkpoint {
    /// Files carried along when they are there.
    public static let companionNames = [
        "generation_config.json", "special_tokens_map.json", "tokenizer.json", "tokenizer_config.json",
    ]

    /// Reads a directory; each tensor goes from its file straight into its array.
    /// - Throws: `FileError`, `SafetensorsError` or `CheckpointError`, one sentence that names file and tensor.
    public static func load(directory: String) throws -> Checkpoint {
        guard Directories.exists(directory) else {
            throw FileError(
                path: directory,
                "\(directory) is not a directory with a checkpoint (config.json, model.safetensors).")
        }
        let configPath = directory + "/config.json"
        let config = try ModelConfig(
            json: try FileReader.contents(of: configPath, limit: WeightFiles.largestTextByteCount), file: configPath)
        let (tensors, source) = try WeightFiles.read(directory) { !isIgnored($0) }
        var companions: [Companion] = []
        for name in companionNames where FileManager.default.fileExists(atPath: directory + "/" + name) {
            companions.append(
                Companion(
                    name: name,
                    bytes: try FileReader.contents(of: directory + "/" + name, limit: WeightFiles.largestTextByteCount))
            )
        }
        return try Checkpoint(config: config, tensors: tensors, companions: companions, source: source)
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
        try SafetensorsFile.write(tensors, to: directory + "/" + WeightFiles.wholeName)
    }
}
