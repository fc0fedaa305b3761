import Files
import Foundation
import GRDB
import RolloutCore
import Synchronization

/// Answers questions about a run, also while a coordinator writes it.
///
/// The connection can only read. In WAL mode readers never wait for the writer nor it for them, and each call sees one
/// consistent state.
public final class RunReader: Sendable {
    let database: DatabaseQueue
    let path: String
    let clock: @Sendable () -> Double
    /// The file that was opened.
    private let opened: FileStatus
    /// What was read once and can change no more.
    let settled = Mutex(Settled())

    /// Parts of a summary that stand: adding up a million trajectories again for every look would take a second each.
    struct Settled {
        /// Of steps whose last reward is there.
        var rewards: [RunSummary.Rewards] = []
        /// By iteration.
        var sealed: [UInt32: SealedIteration] = [:]
    }

    /// Opens a run.
    ///
    /// - Parameter clock: Seconds since 1970; rates and silences are measured against it.
    /// - Throws: `RunStoreError` when there is no journal yet, or it is of another format.
    public init(
        _ directory: RunDirectory, clock: @escaping @Sendable () -> Double = Journal.wallClock
    ) throws(RunStoreError) {
        let path = directory.database
        guard FileManager.default.fileExists(atPath: path) else {
            throw RunStoreError(.missing, "\(directory.path) has not been started yet: it holds no run.sqlite.")
        }
        self.path = path
        self.clock = clock
        do { opened = try FileStatus(of: path) } catch { throw RunStoreError(error) }
        database = try RunStoreError.about(path) {
            var configuration = Configuration()
            configuration.readonly = true
            configuration.busyMode = .timeout(5)
            let database = try DatabaseQueue(path: path, configuration: configuration)
            let version = try database.read { db in
                try Schema.refuseForeign(db, path: path)
                return try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
            }
            guard version == Schema.version else {
                throw RunStoreError(
                    .damaged,
                    version == 0
                        ? "\(path) has no tables yet: wait until the coordinator has started."
                        : "\(path) has format \(version), but this program reads format \(Schema.version).")
            }
            return database
        }
    }

    /// Whether the run that was opened is still there: one whose directory was removed, or replaced by another run's, could
    /// be read for ever, and would never change.
    public var isThere: Bool {
        guard let now = try? FileStatus(of: path) else { return false }
        return now.device == opened.device && now.number == opened.number
    }

    /// Reads in one consistent state.
    func read<Result>(_ body: (Database) throws -> Result) throws(RunStoreError) -> Result {
        try RunStoreError.about(path) { try database.read(body) }
    }

    /// All rows of a query of ours.
    static func rows(
        _ db: Database, _ table: String, _ sql: String, _ arguments: StatementArguments = []
    ) throws -> [StoredRow] {
        try Row.fetchAll(try db.cachedStatement(sql: sql), arguments: arguments).map {
            StoredRow(row: $0, table: table)
        }
    }
}
