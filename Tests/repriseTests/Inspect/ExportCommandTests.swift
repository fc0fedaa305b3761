import Foundation
import JSONLines
import Testing

@Suite struct ExportCommandTests {
    private let run: FinishedRun

    init() async throws { run = try await TinyRuns.finished.value }

    private func export(_ options: String...) async throws -> [JSON] {
        let outcome = try await Binary.run(["export", run.path] + options)
        #expect(outcome.status == 0, "\(outcome.error)")
        return try outcome.json()
    }

    @Test func keptTrajectoriesOfTheLastIteration() async throws {
        let rows = try await export()
        let count = try await Binary.run([
            "query", run.path,
            "select count(*) from results where split = 'train' and iteration = 2 and outcome = 'kept'",
        ])
        #expect(count.lines.last?.trimmingCharacters(in: .whitespaces) == "\(rows.count)", "\(count.error)")
        #expect(rows.allSatisfy { $0["iteration"] == 2 && $0["outcome"] == "kept" })
        #expect(rows.allSatisfy { ($0["reward"]?.double ?? 0) > 0 })
        #expect(rows.allSatisfy { $0["prompt"]?.string?.isEmpty == false && $0["completion"]?.string != nil })
    }

    @Test func everyTrajectoryOfAnIteration() async throws {
        let rows = try await export("--iteration", "1", "--all")
        #expect(rows.count == 4096)
        #expect(Set(rows.compactMap { $0["outcome"]?.string }).count > 1)
        #expect(rows.allSatisfy { $0["iteration"] == 1 })
    }

    @Test func exportedRowsTrainAndScore() async throws {
        // A row is what the part commands read: the reward of the completion is the recorded one.
        let row = try #require(try await export().first)
        let reference = try await Binary.run([
            "query", run.path,
            "select reference from prompts where split = 'train' and example = '\(row["example"]?.string ?? "")'",
        ])
        let text = try #require(reference.lines.last)
        var object = JSONObject()
        object["reference"] = .string(text)
        object["prediction"] = row["completion"]
        let scored = try await Binary.run(
            ["reward", "--metric", "rougeL"], input: JSON.object(object).serialized())
        #expect(scored.status == 0, "\(scored.error)")
        #expect(try scored.json().first?["rewards"]?["rougeL"]?.double == row["reward"]?.double, "\(scored.output)")
    }
}
