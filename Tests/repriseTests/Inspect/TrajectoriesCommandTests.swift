import Foundation
import Testing

@Suite struct TrajectoriesCommandTests {
    private let run: FinishedRun

    init() async throws { run = try await TinyRuns.finished.value }

    private func rewards(_ options: String...) async throws -> [Double] {
        let outcome = try await Binary.run(["trajectories", run.path] + options)
        #expect(outcome.status == 0, "\(outcome.error)")
        return outcome.lines.filter { $0.hasPrefix("── sample") }.compactMap { line in
            line.firstMatch(of: #/reward (\d\.\d+)/#).flatMap { Double($0.1) }
        }
    }

    private func value(_ sql: String) async throws -> Double? {
        try await Binary.run(["query", run.path, sql]).lines.last.flatMap { Double($0.filter { $0 != " " }) }
    }

    @Test func bestAndWorstAreOrderedByReward() async throws {
        let best = try await rewards("--best", "5")
        #expect(best.count == 5)
        #expect(best == best.sorted(by: >))
        let most = try #require(
            try await value("select max(reward) from results where split = 'train' and iteration = 2"))
        #expect(abs(best[0] - most) < 1e-4)
        let worst = try await rewards("--worst", "4", "--iteration", "1")
        #expect(worst.count == 4)
        #expect(worst == worst.sorted(by: <))
        #expect(worst[0] < best[4])
    }

    @Test func aPromptIsShownWithAllItsSamples() async throws {
        let outcome = try await Binary.run(["trajectories", run.path, "--prompt", "7", "--iteration", "1"])
        #expect(outcome.status == 0, "\(outcome.error)")
        #expect(outcome.lines.filter { $0.hasPrefix("━━ prompt 7 ") }.count == 1)
        #expect(outcome.lines.filter { $0.hasPrefix("── sample ") && $0.contains("of iteration 1 ") }.count == 64)
        for section in ["  request", "  what the model read", "  reference", "  answer"] {
            #expect(outcome.lines.contains(section))
        }
    }

    @Test func outcomesAndSplitsFilter() async throws {
        let outcome = try await Binary.run(
            ["trajectories", run.path, "--best", "500", "--iteration", "2", "--outcome", "kept"])
        let kept = try await value(
            "select count(*) from results where split = 'train' and iteration = 2 and outcome = 'kept'")
        #expect(Double(outcome.lines.count { $0.hasPrefix("── sample") }) == kept)
        #expect((kept ?? 0) > 0)
        #expect(try await rewards("--split", "test", "--best", "500").count == 4)
        try await Binary.run(["trajectories", run.path, "--prompt", "9999"]).refused(66, "nothing of prompt 9999")
        try await Binary.run(["trajectories", run.path, "--iteration", "9"]).refused(66, "of iteration 9", ": 1, 2")
        let none = try await Binary.run(["trajectories", run.path, "--outcome", "awaited"])
        #expect(none.lines == ["no trajectories match"])
    }

    @Test func badOptionsAreRefused() async throws {
        for options in [
            ["--split", "dev"], ["--best", "1", "--worst", "1"], ["--best", "1", "--prompt", "1"],
            ["--outcome", "keptt"],
        ] {
            #expect(try await Binary.run(["trajectories", run.path] + options).status == 64)
        }
    }
}
