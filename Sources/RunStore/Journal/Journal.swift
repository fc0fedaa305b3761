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

    enum Entry: Sendable {
        case record(RolloutCore.Record)
        case notice(Notice)
        case metric(Metric)
    }
    private struct State {
        var waiting: [Entry] = []
        var failure: RunStoreError?
        var term: Term = Term(rawValue: 0)
    }

    let database: DatabaseQueue
    let path: String
    private let lock: RunLock
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
    public func flush() throws(RunStoreError) { try add([], durable: true) }

    private func add(_ entries: [Entry], durable: Bool) throws(RunStoreError) {
        try exclusively { state throws(RunStoreError) in
            state.waiting += entries
            if durable || state.waiting.count >= Self.batchLimit { try commit(&state) { _ in } }
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
                for entry in entries {
                    if case .record(.termStarted(let started)) = entry { term = started }
                    try write(entry, term: term, in: db)
                }
                try body(db)
            }
        }
        state.term = term
        state.waiting.removeAll(keepingCapacity: true)
    }

    private func write(_ entry: Entry, term: Term, in db: Database) throws {
        switch entry {
        case .record(let record): try RecordWriter(db: db, at: now).write(record)
        case .notice(let notice): try NoticeWriter(db: db, at: now, term: term).write(notice)
        case .metric(let metric): try metric.write(in: db, at: now)
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
