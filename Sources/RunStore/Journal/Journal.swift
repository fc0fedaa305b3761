import Failpoints
import Foundation
import GRDB
public import RolloutCore
import Synchronization

/// The coordinator's memory on disk: appends records, and gives them back after a crash.
///
/// SQLite in WAL mode with `synchronous=FULL` on one connection: a commit is on disk when it returns. Records that need not
/// be durable wait in memory and share the next commit (group commit), so order is kept and a crash loses a tail, never a
/// middle. After the first failure nothing more is written: the kernel may have dropped what a failed `fsync` did not
/// write, so trying again would only seem to succeed (Rebello et al., "Can Applications Recover from fsync Failures?",
/// USENIX ATC 2020). Calls block; keep them off the cooperative pool.
public final class Journal: Sendable {
    /// Entries that wait for a commit are written at the latest when there are this many.
    static let batchLimit = 256
    /// … or when they hold about this many bytes.
    static let batchBytes = 16 << 20

    enum Entry: Sendable {
        case record(RolloutCore.Record)
        case notice(Notice)
        case metric(Metric)
    }
    private struct State {
        /// With the time each was added.
        var waiting: [(entry: Entry, at: Double)] = []
        var waitingBytes = 0
        var failure: RunStoreError?
        var term: Term = Term(rawValue: 0)
    }

    let database: DatabaseQueue
    let path: String
    var directory: RunDirectory { lock.directory }
    private let lock: RunLock
    private let place: RunPlace
    private let clock: @Sendable () -> Double
    private let state = Mutex(State())

    /// Opens the journal of a run, creating it in a new one.
    ///
    /// - Parameters:
    ///   - lock: Proof that no other process writes.
    ///   - clock: Seconds since 1970, for people; nothing is decided by it.
    /// - Throws: `RunStoreError` when it is damaged, of another version, or cannot be written.
    public init(
        holding lock: RunLock, clock: @escaping @Sendable () -> Double = Journal.wallClock
    ) throws(RunStoreError) {
        let path = lock.directory.database
        self.path = path
        self.lock = lock
        place = lock.directory.place
        self.clock = clock
        database = try RunStoreError.about(path) {
            var configuration = Configuration()
            configuration.busyMode = .timeout(5)
            configuration.prepareDatabase { db in
                try db.execute(sql: "PRAGMA journal_mode = WAL")
                try db.execute(sql: "PRAGMA synchronous = FULL")
            }
            let database = try DatabaseQueue(path: path, configuration: configuration)
            try database.write { db in
                try Schema.refuseForeign(db, path: path)
                let version = try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
                if version == 0 {
                    try Schema.create(db)
                } else if version != Schema.version {
                    throw RunStoreError(
                        .damaged,
                        "\(path) has format \(version), but this program writes format \(Schema.version): use the version that began the run."
                    )
                } else {
                    try Schema.check(db, path: path)
                }
            }
            return database
        }
    }

    /// Seconds since 1970.
    public static let wallClock: @Sendable () -> Double = { Date().timeIntervalSince1970 }

    /// Adds records in order; when `durable`, they and all before them are on disk when this returns.
    ///
    /// - Throws: `RunStoreError`; nothing of the batch is written then, and nothing will be afterwards.
    public func append(_ records: [RolloutCore.Record], durable: Bool) throws(RunStoreError) {
        try add(records.map { .record($0) }, durable: durable)
    }

    /// Adds one record.
    ///
    /// - Throws: As `append(_:durable:)` of several.
    public func append(_ record: RolloutCore.Record, durable: Bool) throws(RunStoreError) {
        try append([record], durable: durable)
    }

    /// Adds what happened to the log that people read; with the next commit.
    ///
    /// - Throws: As `append`.
    public func note(_ notices: [Notice]) throws(RunStoreError) {
        try add(notices.map { .notice($0) }, durable: false)
    }

    /// Adds a number of a series; with the next commit. A second value of the same step replaces the first.
    ///
    /// - Throws: As `append`.
    public func measure(_ series: String, iteration: UInt32, step: UInt64 = 0, _ value: Double) throws(RunStoreError) {
        try add([.metric(Metric(series: series, iteration: iteration, step: step, value: value))], durable: false)
    }

    /// Commits everything added so far.
    ///
    /// - Throws: As `append`.
    public func flush() throws(RunStoreError) {
        try exclusively { state throws(RunStoreError) in
            if !state.waiting.isEmpty { try commit(&state) { _ in } }
        }
    }

    /// Commits everything and closes the database, so that all of it lies in one file.
    ///
    /// - Throws: As `append`. Nothing can be added afterwards.
    public func close() throws(RunStoreError) {
        try flush()
        try RunStoreError.about(path) {
            // Closing does this too, but not while somebody looks on.
            try database.writeWithoutTransaction { db in _ = try db.checkpoint(.truncate) }
            try database.close()
        }
    }

    private func add(_ entries: [Entry], durable: Bool) throws(RunStoreError) {
        try exclusively { state throws(RunStoreError) in
            let at = now
            state.waiting += entries.map { ($0, at) }
            state.waitingBytes += entries.reduce(0) { $0 + $1.byteCount }
            if durable || state.waiting.count >= Self.batchLimit || state.waitingBytes >= Self.batchBytes {
                try commit(&state) { _ in }
            }
        }
    }

    /// Commits what waits and, in the same transaction, what `body` writes.
    func commit(with body: (Database) throws -> Void) throws(RunStoreError) {
        try exclusively { state throws(RunStoreError) in try commit(&state, with: body) }
    }

    /// The time for people.
    var now: Double { clock() }

    private func commit(_ state: inout State, with body: (Database) throws -> Void) throws(RunStoreError) {
        let entries = state.waiting
        var term = state.term
        try RunStoreError.about(path) {
            try database.write { db in
                for (entry, at) in entries {
                    if case .record(.termStarted(let started)) = entry { term = started }
                    try write(entry, at: at, term: term, in: db)
                    if case .record(let record) = entry { record.points.written.reached() }
                }
                try body(db)
            }
        }
        for case (.record(let record), _) in entries { record.points.committed.reached() }
        state.term = term
        state.waiting.removeAll(keepingCapacity: true)
        state.waitingBytes = 0
    }

    private func write(_ entry: Entry, at: Double, term: Term, in db: Database) throws {
        switch entry {
        case .record(let record): try RecordWriter(db: db, at: at, place: place).write(record)
        case .notice(let notice): try NoticeWriter(db: db, at: at, term: term).write(notice)
        case .metric(let metric): try metric.write(in: db, at: at)
        }
    }

    private func exclusively(_ body: (inout State) throws(RunStoreError) -> Void) throws(RunStoreError) {
        try state.withLock { state throws(RunStoreError) in
            if let failure = state.failure { throw failure }
            do throws(RunStoreError) {
                try body(&state)
            } catch {
                state.failure = error
                throw error
            }
        }
    }
}

extension Journal.Entry {
    /// About what it takes in memory; only trajectories count.
    fileprivate var byteCount: Int {
        guard case .record(.accepted(let result)) = self, case .sample(let trajectories) = result.output else {
            return 0
        }
        return trajectories.reduce(0) { bytes, one in
            bytes + one.tokens.count * 4 + one.reasoning.utf8.count + (one.answer?.utf8.count ?? 0)
        }
    }
}

extension RolloutCore.Record {
    /// Where a test can end the process around this record's transaction.
    fileprivate var points: (written: Failpoint, committed: Failpoint) {
        switch self {
        case .termStarted: (.termWritten, .termCommitted)
        case .accepted, .nullResult: (.resultWritten, .resultCommitted)
        case .sealed, .rationalesSealed: (.sealWritten, .sealCommitted)
        case .trainingSetStored: (.trainingSetWritten, .trainingSetCommitted)
        case .policyCommitted: (.policyWritten, .policyCommitted)
        case .finished: (.outcomeWritten, .outcomeCommitted)
        }
    }
}
