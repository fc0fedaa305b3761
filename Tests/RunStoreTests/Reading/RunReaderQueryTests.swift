import Foundation
import RolloutCore
import Testing

@testable import RunStore

@Suite struct RunReaderQueryTests {
    private func reader() throws -> (TemporaryRun, RunReader) {
        let run = try TemporaryRun()
        let journal = try run.journal()
        try SmallRun.begin(journal)
        try journal.append(SmallRun.records(), durable: true)
        return (run, try RunReader(run.directory))
    }

    @Test func answers() throws {
        let (run, reader) = try reader()
        let result = try reader.query(
            "/* by task */ SELECT task, count(*) AS n, x'01ff' AS b, NULL AS missing FROM prompts GROUP BY task -- done"
        )
        #expect(result.columns == ["task", "n", "b", "missing"])
        #expect(
            result.rows == [
                [.text("product_review"), .integer(2), .bytes([1, 255]), .null],
                [.text("topic_writing"), .integer(3), .bytes([1, 255]), .null],
            ])
        #expect(!result.isTruncated)
        let few = try reader.query(
            "WITH RECURSIVE n(x) AS (VALUES(1) UNION ALL SELECT x + 1 FROM n) SELECT x FROM n", rowLimit: 3)
        #expect(few.rows.count == 3)
        #expect(few.isTruncated)
        withExtendedLifetime(run) {}
    }

    @Test(
        arguments: [
            "DELETE FROM prompts", "UPDATE prompts SET user = ''", "DROP TABLE journal", "PRAGMA user_version = 3",
            "ATTACH 'FILE/other.sqlite' AS o", "VACUUM INTO 'FILE/other.sqlite'", "-- SELECT\nDELETE FROM prompts",
            "WITH n AS (SELECT 1) INSERT INTO live(key) SELECT * FROM n", "SELECT 1; DELETE FROM prompts",
            "/* SELECT */ CREATE TABLE x(y)", "", "SELECT FROM", "EXPLAIN",
        ])
    func refuses(sql: String) throws {
        let (run, reader) = try reader()
        let before = try reader.identity()
        let error = #expect(throws: RunStoreError.self) {
            try reader.query(sql.replacing("FILE", with: run.folder))
        }
        #expect(error?.kind == .query)
        #expect(try reader.query("SELECT count(*) FROM prompts").rows == [[.integer(5)]])
        #expect(try reader.identity() == before)
        #expect(try FileManager.default.contentsOfDirectory(atPath: run.folder) == ["run"])
    }

    @Test func endsWhatTakesTooLong() throws {
        let (run, reader) = try reader()
        let endless = "WITH RECURSIVE n(x) AS (VALUES(1) UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n"
        let error = #expect(throws: RunStoreError.self) {
            try reader.query(endless, timeLimit: .milliseconds(50))
        }
        #expect(error?.description.contains("longer") == true)
        #expect(try reader.query("SELECT 1").rows == [[.integer(1)]])
        withExtendedLifetime(run) {}
    }
}
