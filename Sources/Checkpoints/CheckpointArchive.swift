import Files

/// A checkpoint's directory as one blob, for nodes that have no copy of their own, and back.
///
/// Equal checkpoints give equal blobs, whatever spelling of config.json or sharding their directories have: the files are
/// written anew, in the order of their names.
///
/// Format, integers little-endian: "RPCKPT01", u32 number of files, then for each file u16 length and UTF-8 of its name, u64
/// size, bytes. Only the names of the Hugging Face layout occur, so that a blob can write nowhere else.
public enum CheckpointArchive {
    static let magic = Array("RPCKPT01".utf8)

    /// A checkpoint as one blob.
    /// - Throws: `CheckpointError` when it carries files of other names.
    public static func pack(_ checkpoint: Checkpoint) throws -> [UInt8] {
        var blob = magic
        blob.reserveCapacity(checkpoint.byteCount + (1 << 20))
        let files =
            checkpoint.companions + [
                .init(name: "config.json", bytes: checkpoint.config.json(elementType: checkpoint.elementType))
            ]
        blob.append(integer: UInt32(files.count + 1))
        for file in files.sorted(by: { $0.name < $1.name }) {
            guard isKnown(file.name) else {
                throw CheckpointError("A checkpoint cannot carry a file called \(file.name).")
            }
            try blob.append(text: file.name)
            blob.append(integer: UInt64(file.bytes.count))
            blob += file.bytes
        }
        // The weights last, without a copy of their own.
        let (header, ordered) = try SafetensorsFile.layout(checkpoint.tensors)
        try blob.append(text: WeightFiles.wholeName)
        blob.append(integer: UInt64(header.count + checkpoint.byteCount))
        blob += header
        for tensor in ordered { tensor.withBytes { blob.append($0) } }
        return blob
    }

    /// The checkpoint in a blob, without touching the disk.
    /// - Parameter name: what error sentences call the blob.
    /// - Throws: `CheckpointError` or `SafetensorsError` when the blob is damaged.
    public static func checkpoint(in blob: [UInt8], name: String = "The checkpoint archive") throws -> Checkpoint {
        let files = try ranges(blob)
        guard let weights = files.first(where: { $0.name == WeightFiles.wholeName }),
            let config = files.first(where: { $0.name == "config.json" })
        else { throw CheckpointError("\(name) is damaged: it lacks config.json or the weights.") }
        let file = try SafetensorsFile(bytes: blob[weights.range], name: "\(name)/\(weights.name)")
        return try Checkpoint(
            config: ModelConfig(json: Array(blob[config.range]), file: "\(name)/config.json"),
            tensors: file.names.filter { !Checkpoint.isIgnored($0) }.map { try file.tensor($0) },
            companions: files.filter { Checkpoint.companionNames.contains($0.name) }.map {
                Checkpoint.Companion(name: $0.name, bytes: Array(blob[$0.range]))
            }, source: name)
    }

    private static func ranges(_ blob: [UInt8]) throws(CheckpointError) -> [(name: String, range: Range<Int>)] {
        var reader = ByteReader(blob, what: "The checkpoint archive")
        guard try reader.take(magic.count).elementsEqual(magic) else {
            throw CheckpointError("This is not a checkpoint archive: it does not begin with \"RPCKPT01\".")
        }
        var files: [(name: String, range: Range<Int>)] = []
        for _ in 0..<(try reader.integer(UInt32.self)) {
            let name = try reader.text()
            guard isKnown(name), !files.contains(where: { $0.name == name }) else {
                throw CheckpointError(
                    "The checkpoint archive is damaged: it has an unexpected file \(name.debugDescription).")
            }
            let size = try reader.count()
            let start = reader.offset
            _ = try reader.take(size)
            files.append((name, start..<start + size))
        }
        guard reader.remaining == 0, files.contains(where: { $0.name == WeightFiles.wholeName }) else {
            throw CheckpointError(
                "The checkpoint archive is damaged: it lacks the weights or has bytes after its last file.")
        }
        return files
    }

    private static func isKnown(_ name: String) -> Bool {
        name == "config.json" || name == WeightFiles.wholeName || Checkpoint.companionNames.contains(name)
    }
}
