import Foundation
import Testing

@Suite(.serialized, .realClusters, .timeLimit(.minutes(10)))
struct CompareCommandTests {
    private let runs: TinyRuns

    init() async throws { runs = try await TinyRuns.shared.value }

    /// Few samples: three systems take seconds.
    private func arguments(_ name: String, _ more: String...) -> [String] {
        ["compare", runs.configuration, "--directory", runs.directory(name)]
            + ["sampling.samplesPerPrompt=4", "sampling.maxNewTokens=32", "sampling.promptsPerTask=8", "iterations=1"]
            .flatMap { ["--set", $0] } + more
    }

    private func folders(_ name: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: runs.directory(name)).filter { $0.contains("-seed") }
            .sorted()
    }

    private func digests(_ name: String) async throws -> [String] {
        var digests: [String] = []
        for folder in try folders(name) {
            digests += try await Binary.run(["digest", "\(runs.directory(name))/\(folder)"]).lines
        }
        return digests
    }

    @Test("Modes and seeds run one after another, and end in one table")
    func modesAndSeeds() async throws {
        let outcome = try await Binary.run(
            arguments("modes", "--set", "modes=[sft, rest-em]", "--set", "run.seeds=[1, 2]"))
        #expect(outcome.status == 0, "\(outcome.error)")
        #expect(try folders("modes").map { $0.split(separator: "-seed")[0] } == ["rest-em", "rest-em", "sft", "sft"])
        let rows = outcome.lines.map { $0.split(separator: " ").map(String.init) }
        for system in ["sft", "rest-em"] {
            let row = try #require(rows.last { $0.first == system }, "\(outcome.output)")
            #expect(row.contains("2"), "two seeds: \(row)")
        }
        #expect(outcome.lines.contains { $0.hasPrefix("test, rougeL, temperature 0.8") })
        #expect(outcome.lines.contains { $0.hasPrefix("validation, rougeL, temperature 0.8") })
        #expect(outcome.error.contains("✓ rest-em, seed 2  best policy "))
        // Both modes fine-tune one policy 0 of each seed, and rest-em trains once more.
        let trainings = try FileManager.default.contentsOfDirectory(atPath: runs.directory("modes") + "/trainings")
        #expect(trainings.count { $0.hasSuffix(".json") } == 4)

        let report = try String(contentsOfFile: runs.directory("modes") + "/report.html", encoding: .utf8)
        #expect(outcome.lines.last == "report  \(runs.directory("modes"))/report.html")
        #expect(report.contains("<section id=\"systems\">") && report.contains(">sft, seed 2</th>"))

        let again = try await Binary.run(
            arguments("modes", "--set", "modes=[sft, rest-em]", "--set", "run.seeds=[1, 2]"))
        #expect(again.status == 0 && again.output == outcome.output)
        #expect(!again.error.contains("✓"), "nothing is run again: \(again.error)")
    }

    @Test("A comparison that is stopped goes on where it was, and a run of it is what it is alone")
    func stoppedAndResumed() async throws {
        let more = ["--set", "modes=[rest-em, sft]", "--set", "iterations=2", "--set", "sampling.samplesPerPrompt=16"]
        let comparison = try Started(arguments("stopped") + more)
        try await eventually("the first run has begun") {
            comparison.errorSoFar.contains("run 1 of 2: rest-em, seed 1")
        }
        comparison.signal(SIGINT)
        let stopped = try await comparison.outcome()
        #expect(stopped.status == 75, "\(stopped.error)")
        #expect(stopped.error.contains("reprise compare --resume \(runs.directory("stopped"))"))
        let resumed = try await Binary.run(["compare", "--resume", runs.directory("stopped")])
        #expect(resumed.status == 0, "\(resumed.error)")
        let whole = try await Binary.run(arguments("whole") + more)
        #expect(whole.status == 0, "\(whole.error)")
        #expect(try folders("stopped") == folders("whole"))
        #expect(try await digests("stopped") == digests("whole"))
        // The last two lines say where the runs and the report are.
        #expect(resumed.lines.dropLast(2) == whole.lines.dropLast(2))
    }

    @Test("Several configurations are several systems, called by their names")
    func configurations() async throws {
        let second = runs.path + "/second.yaml"
        let text = try String(contentsOfFile: runs.configuration, encoding: .utf8)
        try text.replacing("name: tiny", with: "name: other").write(toFile: second, atomically: true, encoding: .utf8)
        let outcome = try await Binary.run(["compare", runs.configuration, second, "--dry-run"])
        #expect(outcome.status == 0, "\(outcome.error)")
        for name in ["tiny-seed1-", "other-seed1-"] { #expect(outcome.lines.contains { $0.hasPrefix(name) }) }
        #expect(
            outcome.lines.contains { $0.contains("keeps rewards from 0.01 by all") || $0.contains("keeps rewards") })
        let same = try await Binary.run(["compare", runs.configuration, runs.configuration, "--dry-run"])
        #expect(same.status == 78 && same.error.contains("two of the configurations are called tiny"))
    }

    @Test("What cannot be compared is refused before anything runs")
    func refused() async throws {
        let other = runs.path + "/reward.yaml"
        let text = try String(contentsOfFile: runs.configuration, encoding: .utf8)
        try ("reward: rouge1\n" + text.replacing("name: tiny", with: "name: other"))
            .write(toFile: other, atomically: true, encoding: .utf8)
        let outcome = try await Binary.run(["compare", runs.configuration, other, "--directory", runs.directory("no")])
        #expect(outcome.status == 78 && outcome.error.contains("tiny and other cannot be compared"))
        #expect(!FileManager.default.fileExists(atPath: runs.directory("no")))
        let missing = try await Binary.run(["compare", "--resume", runs.path])
        #expect(missing.status == 66 && missing.error.contains("holds no comparison"))
        let occupied = try await Binary.run(["compare", runs.configuration, "--directory", runs.path])
        #expect(occupied.status == 73 && occupied.error.contains("holds no comparison"))
        let run = try await Binary.run(["run", runs.configuration, "--set", "modes=[sft, rest-em]", "--dry-run"])
        #expect(run.status == 78 && run.error.contains("reprise compare"))
    }
}
