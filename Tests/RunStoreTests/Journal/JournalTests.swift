import Digests
import Foundation
import GRDB
import RolloutCore
import Testing

@testable import RunStore

@Suite struct JournalTests {
    @Test(arguments: [1, 2, 3, 4, 5, 6, 7, 8] as [UInt64])
    func givesBackEveryRecordInOrder(seed: UInt64) throws {
        let run = try TemporaryRun()
        var sample = SampleRecords(seed: seed)
        let records = sample.journal()
        do {
            let journal = try run.journal()
            for record in records { try journal.append(record, durable: sample.flip()) }
            try journal.flush()
            #expect(try journal.recover() == records)
        }
        #expect(try run.journal().recover() == records, "after closing and opening again")
    }

    @Test func refusesTheDatabaseOfAnotherProgram() throws {
        let run = try TemporaryRun()
        do {
            let database = try DatabaseQueue(path: run.directory.database)
            try database.write { db in try db.execute(sql: "CREATE TABLE recipes(name TEXT)") }
        }
        let error = #expect(throws: RunStoreError.self) { try run.journal() }
        #expect(error?.kind == .damaged)
        #expect(error?.description.contains("another program") == true)
        #expect(throws: RunStoreError.self) { try RunReader(run.directory) }
    }

    @Test func keepsTheBitsOfOddNumbers() throws {
        let run = try TemporaryRun()
        let journal = try run.journal()
        let task = TaskID(iteration: 1, split: .train, kind: .sample, index: 0)
        let values: [Double?] = [-0.0, .nan, .infinity, .leastNonzeroMagnitude, 1, Double(1 << 53) + 2, nil]
        let trajectories = values.enumerated().map { index, value in
            Trajectory(
                id: TrajectoryID(prompt: UInt32(index), sample: 0), tokens: [], stop: .length, reasoning: "",
                answer: "",
                logProbability: value)
        }
        var sample = SampleRecords(seed: 1)
        try journal.append(sample.accepted(task, .sample(trajectories)), durable: true)
        guard case .accepted(let result)? = try journal.recover().first, case .sample(let back) = result.output else {
            Issue.record("no sample came back")
            return
        }
        #expect(back.map { $0.logProbability?.bitPattern } == values.map { $0?.bitPattern })
    }

    @Test func aCrashLosesATailThatWasNotDurable() throws {
        let run = try TemporaryRun()
        var sample = SampleRecords(seed: 3)
        let records = sample.journal()
        let journal = try run.journal()
        try journal.append(Array(records[0..<3]), durable: false)
        #expect(try Journal(holding: run.afterCrash().lock()).recover() == [])
        try journal.append(records[3], durable: true)
        try journal.append(Array(records[4..<8]), durable: false)
        #expect(try Journal(holding: run.afterCrash().lock()).recover() == Array(records[0...3]))
        try journal.flush()
        #expect(try Journal(holding: run.afterCrash().lock()).recover() == Array(records[0..<8]))
    }

    @Test func waitingRecordsAreCommittedWhenThereAreMany() throws {
        let run = try TemporaryRun()
        let journal = try run.journal()
        let records = (1...UInt64(Journal.batchLimit)).map { Record.termStarted(Term(rawValue: $0)) }
        try journal.append(Array(records.dropLast()), durable: false)
        #expect(try Journal(holding: run.afterCrash().lock()).recover().isEmpty)
        try journal.append(records.suffix(1), durable: false)
        #expect(try Journal(holding: run.afterCrash().lock()).recover() == records)
    }

    @Test func aFullDiskWritesNothingAndStopsTheJournal() throws {
        let run = try TemporaryRun()
        let journal = try run.journal()
        try journal.append(.termStarted(Term(rawValue: 1)), durable: true)
        try journal.database.write { db in
            let pages = try Int.fetchOne(db, sql: "PRAGMA page_count") ?? 0
            try db.execute(sql: "PRAGMA max_page_count = \(pages + 2)")
        }
        let long = Trajectory(
            id: TrajectoryID(prompt: 0, sample: 0), tokens: Array(repeating: 7, count: 100_000), stop: .length,
            reasoning: "", answer: nil, logProbability: 0)
        let task = TaskID(iteration: 1, split: .train, kind: .sample, index: 0)
        var sample = SampleRecords(seed: 4)
        let batch = [Record.termStarted(Term(rawValue: 2)), sample.accepted(task, .sample([long]))]
        let error = #expect(throws: RunStoreError.self) { try journal.append(batch, durable: true) }
        #expect(error?.description.contains("disk is full") == true)
        #expect(error?.kind == .disk)
        #expect(try journal.recover() == [.termStarted(Term(rawValue: 1))], "half a batch is never there")
        #expect(throws: RunStoreError.self, "nothing is written after a failure") {
            try journal.append(.termStarted(Term(rawValue: 3)), durable: true)
        }
        #expect(try journal.recover().count == 1)
    }

    @Test func refusesASecondResultOfATask() throws {
        let run = try TemporaryRun()
        let journal = try run.journal()
        let task = TaskID(iteration: 1, split: .train, kind: .sample, index: 0)
        try journal.append(.nullResult(task, explanation: "no"), durable: true)
        #expect(throws: RunStoreError.self) {
            try journal.append(.nullResult(task, explanation: "again"), durable: true)
        }
    }

    @Test func refusesAnotherFormat() throws {
        let run = try TemporaryRun()
        do {
            let journal = try run.journal()
            try journal.database.write { try $0.execute(sql: "PRAGMA user_version = 7") }
        }
        let error = #expect(throws: RunStoreError.self) { try run.journal() }
        #expect(error?.description.contains("format 7") == true)
    }

    @Test func aClosedJournalIsOneFile() throws {
        let run = try TemporaryRun()
        do {
            let journal = try run.journal()
            try journal.append(.termStarted(Term(rawValue: 1)), durable: false)
            // Somebody looks on.
            let reader = try RunReader(run.directory)
            try journal.close()
            let log = run.directory.database + "-wal"
            #expect(try readFile(log).isEmpty)
            #expect(throws: RunStoreError.self) {
                try journal.append(.termStarted(Term(rawValue: 2)), durable: true)
            }
            withExtendedLifetime(reader) {}
        }
        #expect(try run.journal().recover() == [.termStarted(Term(rawValue: 1))])
    }

    @Test func commitsAreDurable() throws {
        let run = try TemporaryRun()
        let (mode, level) = try run.journal().database.read { db in
            (try String.fetchOne(db, sql: "PRAGMA journal_mode"), try Int.fetchOne(db, sql: "PRAGMA synchronous"))
        }
        #expect(mode == "wal")
        #expect(level == 2)
    }
}
