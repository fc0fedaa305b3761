import Digests
import Failpoints
import Files
import Foundation

/// Where one run is kept.
///
///     runs/NAME/
///       run.yaml       the resolved configuration, written first: it makes a directory a run directory
///       run.sqlite     the journal and everything that can be asked about the run (Schema.swift)
///       blobs/         content-addressed bytes (BlobStore): deltas, training sets, the base's archive
///       checkpoints/   policies in the Hugging Face layout
///       unfinished/    where a local learner saves what it has not finished
///       logs/          what each process wrote
///       report.html    what the run came to, once it is finished (reprise report makes it again)
///       answers/       what endpoints answered, by the content of the request: kept by nodes on this machine
///       endpoint       where the coordinator listens, while it does
///       lock           held by the coordinator's process
public struct RunDirectory: Sendable, Equatable {
    /// Its path.
    public let path: String

    /// The resolved configuration.
    public var configurationFile: String { file("run.yaml") }
    /// Journal and query store.
    public var database: String { file("run.sqlite") }
    /// Holds the coordinator's address while it runs.
    public var endpointFile: String { file("endpoint") }
    /// Checkpoints of policies.
    public var checkpoints: String { file("checkpoints") }
    /// Logs of every process.
    public var logs: String { file("logs") }
    /// Content-addressed bytes.
    public var blobs: BlobStore { BlobStore(directory: file("blobs")) }

    private func file(_ name: String) -> String { path + "/" + name }

    /// Creates the directory of a new run, the configuration last.
    ///
    /// - Throws: `RunStoreError` when something that is not an empty directory is there, or the disk fails.
    public static func create(_ path: String, configuration: String) throws(RunStoreError) -> RunDirectory {
        let directory = RunDirectory(path: path)
        try directory.refuseIfRun()
        return try RunStoreError.about(path) {
            try Directories.create(path)
            // A start that was cut short leaves empty folders: those are taken over.
            let own: Set<String> = ["blobs", "checkpoints", "logs", "lock"]
            let found = try FileManager.default.contentsOfDirectory(atPath: path).filter { !own.contains($0) }.sorted()
            if let first = found.first(where: { !$0.hasSuffix(".partial") }) {
                throw RunStoreError(
                    .occupied,
                    "\(path) is not empty (it holds \(first)) and not a run: choose another --directory.")
            }
            // Two starts at once: the second finds the first one's run, or its lock.
            let lock = try directory.lock()
            defer { withExtendedLifetime(lock) {} }
            try directory.refuseIfRun()
            try directory.makeFolders()
            Failpoint.directoryPrepared.reached()
            try directory.write(configuration, to: "run.yaml")
            try Directories.synchronize(Directories.split(path).directory)
            return directory
        }
    }

    /// An existing run.
    ///
    /// - Throws: `RunStoreError` when there is none.
    public static func open(_ path: String) throws(RunStoreError) -> RunDirectory {
        let directory = RunDirectory(path: path)
        guard directory.isRun else {
            let what =
                if Directories.exists(path) {
                    "holds no run (no run.yaml)"
                } else {
                    FileManager.default.fileExists(atPath: path) ? "is a file and no run" : "does not exist"
                }
            throw RunStoreError(.missing, "\(path) \(what): give the directory of a run.")
        }
        return directory
    }

    /// Refuses a run whose journal is gone although it had begun: it would begin anew, as if nothing had been learned.
    ///
    /// A coordinator says where it listens once its journal is on disk, and keeps what was learned as blobs beside the
    /// archives it begins with. One that was killed before that left nothing to lose.
    ///
    /// - Throws: `RunStoreError`.
    public func refuseLostJournal() throws(RunStoreError) {
        func isEmpty(_ file: String) -> Bool {
            let size = try? FileManager.default.attributesOfItem(atPath: file)[.size] as? Int
            return size ?? 0 == 0
        }
        let kept = (try? FileManager.default.contentsOfDirectory(atPath: blobs.directory)) ?? []
        let hasBegun =
            FileManager.default.fileExists(atPath: endpointFile) || kept.count { Digest($0) != nil } > Self.archives
        guard isEmpty(database), isEmpty(database + "-wal"), hasBegun else { return }
        throw RunStoreError(
            .damaged,
            "\(database), the journal, is gone, and the run had begun: put back a copy, or begin in another --directory."
        )
    }

    /// Blobs that may be there before the journal: the base's archive, and that of a model that writes reasoning paths.
    private static let archives = 2

    /// Whether a path is that of a run.
    public static func isRun(_ path: String) -> Bool { RunDirectory(path: path).isRun }

    /// The folders of a run, where they are not there (any more).
    private func makeFolders() throws {
        for folder in [file("blobs/partial"), checkpoints, logs] { try Directories.create(folder) }
    }

    private func refuseIfRun() throws(RunStoreError) {
        guard isRun else { return }
        throw RunStoreError(
            .occupied, "\(path) holds a run already: continue it with --resume, or choose another --directory.")
    }

    private var isRun: Bool { FileManager.default.fileExists(atPath: configurationFile) }

    private init(path: String) {
        self.path = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
    }

    /// Writes a small file of the run whole or not at all.
    ///
    /// - Throws: `RunStoreError` when the disk does not take it.
    public func write(_ text: String, to name: String) throws(RunStoreError) {
        do {
            try FileReplacement.write(Array(text.utf8), to: file(name))
        } catch {
            throw RunStoreError(error)
        }
    }

    var place: RunPlace { RunPlace(of: path) }

    /// Takes the run for this process.
    ///
    /// - Throws: `RunStoreError` when another process has it.
    public func lock() throws(RunStoreError) -> RunLock {
        try RunStoreError.about(path) {
            do {
                let lock = RunLock(directory: self, lock: try FileLock(path: file("lock")))
                // What a run lost with a folder is made again; it needs the folder.
                if isRun { try makeFolders() }
                return lock
            } catch let taken as FileLock.Taken {
                let holder = taken.holder.isEmpty ? "another process" : taken.holder
                throw RunStoreError(
                    .inUse, "\(path) is in use by \(holder): stop it first, or choose another --directory.")
            }
        }
    }
}

/// Proof that this process alone works on a run; given back with the last reference or the process.
public final class RunLock: Sendable {
    let directory: RunDirectory
    private let lock: FileLock

    init(directory: RunDirectory, lock: FileLock) {
        self.directory = directory
        self.lock = lock
    }
}
