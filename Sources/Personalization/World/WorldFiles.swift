import Compression
import Files
import JSONLines

/// Writes the world as a directory that `DataSet` reads.
extension SyntheticWorld {
    /// Writes `<task>_<split>.jsonl`, or `.jsonl.gz` when compressed, for every task and split with at least one writer.
    /// The same world gives the same bytes.
    ///
    /// - Returns: the names of the written files, in order.
    /// - Throws: `FileError` or a compression error; files already written stay whole.
    @discardableResult
    public func write(to directory: String, compressed: Bool) throws -> [String] {
        try Directories.create(directory)
        for task in Self.tasks {
            for split in DataSplit.allCases {
                // Nothing of another corpus is written over, or stands beside this one and is read in its place.
                guard let found = try DataSet(directory: directory).file(of: task, split) else { continue }
                throw FileError(
                    path: found, isOfWriting: true, "\(found) exists already; choose another directory or remove it.")
            }
        }
        var names: [String] = []
        for task in Self.tasks {
            for split in DataSplit.allCases where size.writers(split) > 0 {
                let name = "\(task.rawValue)_\(split.rawValue).jsonl" + (compressed ? ".gz" : "")
                let bytes = Self.lines(rows(task, split))
                try FileReplacement.write(
                    compressed ? try Gzip.compress(bytes) : bytes, to: "\(directory)/\(name)")
                names.append(name)
            }
        }
        return names
    }

    static func lines(_ rows: [JSONObject]) -> [UInt8] {
        rows.flatMap { Array((JSON.object($0).serialized() + "\n").utf8) }
    }
}
