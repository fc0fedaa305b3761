import Configuration
import Foundation
import GRDB
import RunStore
import Simulator

extension FuzzTarget {
    /// What a person writes, and what a run's journal holds.
    static let runs = [
        FuzzTarget("yaml", seeds: { configurations.map { Array($0.utf8) } }) { bytes in
            guard let text = String(validating: bytes, as: UTF8.self) else { return }
            var reader = ConfigurationReader()
            do throws(ConfigurationError) {
                try reader.add(yaml: text, file: "input.yaml")
                _ = try reader.configurations()
            } catch { try expect(!"\(error)".isEmpty, "a configuration is refused without a word") }
        },
        FuzzTarget("journal", seeds: { JournalRows.seeds }, begin: { try JournalRows().take }),
    ]

    private static let configurations = [
        "mode: rest-pg\nrun:\n  name: demo\n  seed: 1\nsampling: {samplesPerPrompt: 4, temperature: 0.8}\n",
        "modes: [sft, rest-em]\nselection:\n  threshold: 0.75\n  cap: 10\ntraining:\n  - &a {steps: 3}\n  - *a\n",
        "evaluation:\n  patience: 2\nreward: 0.5*rouge1+0.5*rougeL\niterations: 3\n",
    ]
}

/// A finished run on disk, one cell of which every input changes: which table, column and row, and to what.
private final class JournalRows {
    static let seeds: [[UInt8]] = (UInt8(0)..<12).flatMap { table in
        (UInt8(0)..<5).map { [table, $0 &* 3 &+ 1, $0, $0, 0x31, 0x32] }
    }

    private let path: String
    private let journal: Journal
    private let database: DatabaseQueue
    private var tables: [(name: String, key: String, columns: [String], rows: Int)] = []
    private let count: Int

    init() throws {
        path = FileManager.default.temporaryDirectory.appending(path: "fuzz-\(UUID().uuidString)").path()
        let directory = try RunDirectory.create(path, configuration: "mode: rest-pg\n")
        journal = try Journal(holding: directory.lock())
        let records = SeedRun(seed: 1).remains().records
        try journal.append(records, durable: true)
        count = records.count
        database = try DatabaseQueue(path: directory.database)
        tables = try database.read { db in
            try String.fetchAll(db, sql: "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name").map {
                name in
                let key = try db.primaryKey(name).columns
                let columns = try db.columns(in: name).map(\.name).filter { !key.contains($0) }
                let rows = try Int.fetchOne(db, sql: "SELECT count(*) FROM \(name)") ?? 0
                return (name: name, key: key.joined(separator: ", "), columns: columns, rows: rows)
            }.filter { $0.rows > 0 && !$0.columns.isEmpty }
        }
        try FuzzTarget.expect(try journal.recover().count == count, "the journal is not whole")
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func take(_ bytes: [UInt8]) throws {
        guard bytes.count >= 4 else { return }
        let table = tables[Int(bytes[0]) % tables.count]
        let column = table.columns[Int(bytes[1]) % table.columns.count]
        let offset = Int(bytes[2]) % table.rows
        let value = value(bytes[3], bytes[4...])
        let (name, key) = (table.name, table.key)
        let place = "(\(key)) = (SELECT \(key) FROM \(name) ORDER BY \(key) LIMIT 1 OFFSET \(offset))"
        let old = try database.read { db in
            try Row.fetchOne(db, sql: "SELECT \"\(column)\" FROM \(name) WHERE \(place)")?[0] as DatabaseValue?
        }
        // Constraints of the schema refuse some changes.
        guard let old, (try? set(name, column, place, value)) != nil else { return }
        defer { try? set(name, column, place, old) }
        do throws(RunStoreError) { _ = try journal.recover() } catch {
            try FuzzTarget.expect(!error.description.isEmpty, "a journal is refused without a word")
        }
    }

    private func set(_ table: String, _ column: String, _ place: String, _ value: DatabaseValue) throws {
        try database.write { db in
            try db.execute(sql: "UPDATE \(table) SET \"\(column)\" = ? WHERE \(place)", arguments: [value])
        }
    }

    private func value(_ kind: UInt8, _ bytes: ArraySlice<UInt8>) -> DatabaseValue {
        let number = bytes.prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        switch kind % 5 {
        case 0: return .null
        case 1: return Int64(bitPattern: number).databaseValue
        case 2: return Double(bitPattern: number).databaseValue
        case 3: return String(decoding: bytes, as: UTF8.self).databaseValue
        default: return Data(bytes).databaseValue
        }
    }
}
