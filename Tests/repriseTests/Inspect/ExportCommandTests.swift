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

    @Test func anIterationThatIsNotThereIsSaid() async throws {
        for options in [["--iteration", "7"], ["--iteration", "7", "--format", "trajectories"]] {
            try await Binary.run(["export", run.path] + options).refused(66, "nothing of iteration 7", ": 1, 2")
        }
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

    @Test func supervisedRowsHoldPromptAndCompletionAlone() async throws {
        let kept = try await export()
        let rows = try await export("--format", "sft")
        #expect(rows.map { $0.object?.keys } == kept.map { _ in ["prompt", "completion"] })
        #expect(rows.map { $0["completion"] } == kept.map { $0["completion"] })
    }

    @Test func pairsAreOfKeptAndRejected() async throws {
        let all = try await export("--iteration", "1", "--all")
        let pairs = try await export("--iteration", "1", "--format", "dpo")
        #expect(!pairs.isEmpty)
        let byPrompt = Dictionary(grouping: all) { $0["prompt"]?.string ?? "" }
        for pair in pairs {
            #expect(pair.object?.keys == ["prompt", "chosen", "rejected", "score_chosen", "score_rejected"])
            let samples = try #require(byPrompt[pair["prompt"]?.string ?? ""])
            let chosen = samples.filter { $0["completion"] == pair["chosen"] && $0["outcome"] == "kept" }
            let rejected = samples.filter { $0["completion"] == pair["rejected"] }
            #expect(chosen.contains { $0["reward"]?.double == pair["score_chosen"]?.double })
            #expect(
                rejected.contains { $0["outcome"] != "kept" && $0["reward"]?.double == pair["score_rejected"]?.double })
            #expect((pair["score_chosen"]?.double ?? 0) > (pair["score_rejected"]?.double ?? 1))
        }
        // At most two of a prompt are kept, and every kept one of so many samples finds a worse partner.
        let kept = all.count { $0["outcome"] == "kept" }
        #expect(pairs.count == kept)
        // The best that was kept stands beside the worst that was not.
        let first = try #require(pairs.first)
        let samples = try #require(byPrompt[first["prompt"]?.string ?? ""])
        #expect(samples.compactMap { $0["reward"]?.double }.max() == first["score_chosen"]?.double)
        #expect(samples.compactMap { $0["reward"]?.double }.min() == first["score_rejected"]?.double)
    }

    @Test func everythingThatWasSampled() async throws {
        let rows = try await export("--format", "trajectories")
        #expect(rows.count == 8192 && Set(rows.compactMap { $0["iteration"]?.integer }) == [1, 2])
        let outputs = try await export("--format", "trajectories", "--split", "test", "--iteration", "0")
        #expect(outputs.count == 4 && outputs.allSatisfy { $0["outcome"] == "scored" })
        for options in [["--all", "--format", "dpo"], ["--split", "test"], ["--format", "csv"]] {
            #expect(try await Binary.run(["export", run.path] + options).status == 64)
        }
        try await Binary.run(["export", run.path, "--format", "dpo", "--iteration", "9"]).refused(66, "iteration 9")
    }
}
