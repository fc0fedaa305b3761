import Configuration
import Files
import Foundation
import JSONLines
import RunStore

/// Where a comparison is kept.
///
///     DIRECTORY/
///       comparison.jsonl    the runs in order: system, seed and folder; it makes a directory that of a comparison
///       SYSTEM-seedN-…/     one run directory each; the last part is the run's digest, so that an equal run is found again
///       trainings/          trainings by what they are a function of: runs that begin alike train once
///       lock                held while it goes on
struct ComparisonDirectory {
    /// One run of it.
    struct Entry: Equatable {
        var system: String
        var seed: UInt64
        var folder: String
    }

    let path: String
    let entries: [Entry]
    private let lock: FileLock

    var trainings: String { path + "/trainings" }

    func run(_ entry: Entry) -> String { "\(path)/\(entry.folder)" }

    /// Takes a directory for these runs, new or that of an earlier comparison, whose equal runs are kept.
    ///
    /// - Throws: `Failure` when something else is there, or another process works on it.
    static func begin(_ path: String, _ runs: [ComparedRun]) throws -> ComparisonDirectory {
        let entries = runs.map { Entry(system: $0.system, seed: $0.seed, folder: $0.folder) }
        let found = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        guard found.isEmpty || found.contains(Self.list) else {
            throw Failure(.output, "\(path) is not empty and holds no comparison; choose another --directory")
        }
        try Directories.create(path)
        let directory = ComparisonDirectory(path: path, entries: entries, lock: try take(path))
        let lines = entries.map { entry in
            JSON.object([
                "system": .string(entry.system), "seed": .string("\(entry.seed)"), "folder": .string(entry.folder),
            ]).serialized() + "\n"
        }
        try FileReplacement.write(Array(lines.joined().utf8), to: "\(path)/\(Self.list)")
        for (entry, run) in zip(entries, runs) where !RunDirectory.isRun(directory.run(entry)) {
            _ = try RunDirectory.create(directory.run(entry), configuration: run.configuration.yaml)
        }
        return directory
    }

    /// Takes the directory of a comparison that was begun.
    ///
    /// - Throws: `Failure` when there is none, or another process works on it.
    static func open(_ path: String) throws -> ComparisonDirectory {
        ComparisonDirectory(path: path, entries: try entries(of: path), lock: try take(path))
    }

    /// Whether a path is that of a comparison.
    static func isComparison(_ path: String) -> Bool { FileManager.default.fileExists(atPath: "\(path)/\(list)") }

    /// The runs of a comparison, which may be going on.
    ///
    /// - Throws: `Failure` when there is none.
    static func entries(of path: String) throws -> [Entry] {
        guard isComparison(path) else {
            throw Failure(.missing, "\(path) holds no comparison (no \(list)): give the directory of one")
        }
        let list = "\(path)/\(list)"
        var entries: [Entry] = []
        var reader = try JSONLinesReader(path: list)
        while let (line, value) = try reader.next() {
            guard let system = value["system"]?.string, let seed = value["seed"]?.string.flatMap({ UInt64($0) }),
                let folder = value["folder"]?.string, !folder.contains("/"), !folder.hasPrefix(".")
            else { throw Failure(.data, "\(list), line \(line): system, seed or folder is missing") }
            entries.append(Entry(system: system, seed: seed, folder: folder))
        }
        return entries
    }

    private static let list = "comparison.jsonl"

    private static func take(_ path: String) throws -> FileLock {
        do {
            return try FileLock(path: path + "/lock")
        } catch let taken as FileLock.Taken {
            throw Failure(
                .unavailable, "\(path) is in use by \(taken.holder): wait for it, or choose another --directory")
        }
    }
}
