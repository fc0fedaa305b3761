import Digests
import RolloutCore
import Testing

@testable import RunStore

@Suite struct RunInfoTests {
    @Test func aRunBeginsOnce() throws {
        let run = try TemporaryRun()
        do {
            let journal = try run.journal()
            try SmallRun.begin(journal)
        }
        let journal = try run.journal()
        try SmallRun.begin(journal)
        let result = try RunReader(run.directory).query(
            "SELECT (SELECT count(*) FROM run), (SELECT count(*) FROM prompts)")
        #expect(result.rows == [[.integer(1), .integer(5)]])
        var other = SmallRun.info
        other.digest = Digest.of("another")
        let error = #expect(throws: RunStoreError.self) { try journal.begin(other, plan: SmallRun.plan, prompts: []) }
        #expect(error?.kind == .otherRun)
    }

    @Test func countsThePlannedTasks() throws {
        let run = try TemporaryRun()
        try SmallRun.begin(try run.journal())
        let sql = "SELECT iteration, split, kind, tasks FROM planned ORDER BY iteration, split, kind"
        let rows = try RunReader(run.directory).query(sql).rows
        let expected: [(Int64, String, String, Int64)] = [
            (0, "train", "train", 1), (0, "validation", "sample", 2), (0, "validation", "score", 2),
            (1, "train", "sample", 1), (1, "train", "score", 1), (1, "train", "train", 1),
            (1, "validation", "sample", 2), (1, "validation", "score", 2),
        ]
        #expect(rows == expected.map { [.integer($0.0), .text($0.1), .text($0.2), .integer($0.3)] })
    }
}
