import Foundation
import Testing

@Suite struct InspectCommandsTests {
    private let run: FinishedRun

    init() async throws { run = try await TinyRuns.finished.value }

    // MARK: - status, watch, digest

    @Test func statusShowsWhatTheRunShowed() async throws {
        let outcome = try await Binary.run(["status", run.path])
        #expect(outcome.status == 0, "\(outcome.error)")
        // All but the line of nodes, which are gone, and what only the run itself says at the end.
        let ends = ["digest", "best policy", "report"]
        let table = run.outcome.lines.filter { line in !ends.contains { line.hasPrefix($0) } }
        #expect(outcome.lines == table)
        #expect(outcome.lines.first?.contains("finished") == true)
        #expect(outcome.lines.contains { $0.hasPrefix("✓ M-step 2") })
        #expect(outcome.lines.contains("* best on validation"))
    }

    @Test func watchEndsWithAFinishedRun() async throws {
        let outcome = try await Binary.run(["watch", run.path], seconds: 20)
        #expect(outcome.status == 0, "\(outcome.error)")
        #expect(outcome.lines.first?.contains("tiny  finished") == true, "\(outcome.output)")
        #expect(outcome.lines.contains { $0.hasPrefix("iteration 2") })
    }

    @Test func digestIsOneLine() async throws {
        let outcome = try await Binary.run(["digest", run.path])
        #expect(outcome.status == 0, "\(outcome.error)")
        #expect(outcome.lines == [try #require(run.digest)])
    }

    @Test(arguments: ["status", "watch", "digest", "trajectories", "export", "report", "dashboard"])
    func aRunThatIsNotThereIsRefused(command: String) async throws {
        try await Binary.run([command, run.path + "/none"]).refused(66, "/none does not exist")
        try await Binary.run([command, run.path + "/logs"]).refused(66, "holds no run")
    }

    // MARK: - query

    @Test func queriesAreTables() async throws {
        let outcome = try await Binary.run([
            "query", run.path,
            "select iteration, count(*) as n from results where split = 'train' group by 1 order by 1",
        ])
        #expect(outcome.status == 0, "\(outcome.error)")
        let cells = outcome.lines.map { $0.split(separator: " ").map(String.init) }
        #expect(cells.count == 4)
        #expect(cells.first == ["iteration", "n"])
        #expect(Array(cells.suffix(2)) == [["1", "4096"], ["2", "4096"]])
    }

    @Test func rowsBeyondTheLimitAreCounted() async throws {
        let outcome = try await Binary.run(["query", run.path, "select prompt from results", "--limit", "3"])
        #expect(outcome.lines.count == 5)
        #expect(outcome.error.contains("only the first 3 rows"))
    }

    @Test(arguments: [
        "delete from trajectories", "update policies set version = 9", "drop table tasks",
        "insert into events default values",
        "pragma user_version = 7", "attach database '/tmp/other.sqlite' as other", "vacuum",
        "select 1; delete from trajectories",
    ])
    func writesAreRefused(sql: String) async throws {
        let before = try await Binary.run(["digest", run.path]).output
        let outcome = try await Binary.run(["query", run.path, sql])
        #expect(outcome.status == 64, "\(outcome.error)")
        #expect(outcome.error.split(separator: "\n").count == 1, "\(outcome.error)")
        #expect(outcome.output.isEmpty)
        #expect(try await Binary.run(["digest", run.path]).output == before)
    }

    @Test func wrongSQLIsASentence() async throws {
        try await Binary.run(["query", run.path, "select reword from results"]).refused(64, "reword")
        try await Binary.run(["query", run.path, "select 1; select 2"]).refused(64, "One question at a time")
    }

    @Test func whatWasSampledMovesNoTerminal() async throws {
        let sql = "select 'a' || char(27, 91, 51, 49, 109, 7, 155, 10, 9) || 'b' as text"
        let outcome = try await Binary.run(["query", run.path, sql])
        #expect(outcome.lines.last == "a␛[31m␇\u{FFFD} ⏎ ␉b")
    }
}
