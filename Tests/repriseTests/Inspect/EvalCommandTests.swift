import Foundation
import JSONLines
import Testing

@Suite(.timeLimit(.minutes(5)))
struct EvalCommandTests {
    private let run: FinishedRun
    private let runs: TinyRuns

    init() async throws {
        runs = try await TinyRuns.shared.value
        run = try await TinyRuns.finished.value
    }

    private func eval(_ arguments: [String]) async throws -> Binary.Outcome {
        let outcome = try await Binary.run(["eval"] + arguments)
        #expect(outcome.status == 0, "\(outcome.error)")
        return outcome
    }

    private func rows(_ path: String) throws -> [JSON] {
        try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").map { try JSON.parse(String($0)) }
    }

    @Test("A run's policy writes again what it wrote in the run", arguments: ["validation", "test"])
    func asInTheRun(split: String) async throws {
        let file = runs.directory("eval-\(split).jsonl")
        _ = try await eval([run.path, "--split", split, "--output", file])
        let found = try rows(file)
        let recorded = try await Binary.run([
            "query", run.path,
            """
            select p.example, t.answer, r.reward from trajectories t
            join prompts p on p.split = t.split and p.prompt = t.prompt
            join rewards r on r.iteration = t.iteration and r.split = t.split and r.prompt = t.prompt and r.sample = t.sample
            where t.split = '\(split)' and t.iteration = (select best_policy from outcome) order by t.prompt
            """,
        ])
        let expected = recorded.lines.dropFirst(2)
        #expect(found.count == 4 && expected.count == 4)
        for (row, line) in zip(found, expected) {
            #expect(line.hasPrefix(row["example"]?.string ?? "?"))
            #expect(line.split(separator: " ").last.flatMap { Double($0) } == row["reward"]?.double, "\(line)")
            let answer = row["samples"]?[0]?["answer"]?.string ?? "?"
            #expect(line.contains(answer.replacingOccurrences(of: "\n", with: " ⏎ ")))
        }
    }

    @Test("Several policies and decodings: threads change nothing, and the first is tested against")
    func several() async throws {
        let (one, three) = (runs.directory("eval-1.jsonl"), runs.directory("eval-3.jsonl"))
        let arguments = [
            run.path, runs.path + "/base", "--decoding", "greedy", "--decoding", "{temperature: 1, samples: 4}",
            "--pass", "0.1", "--set", "evaluation.maxNewTokens=24",
        ]
        let first = try await eval(arguments + ["--threads", "1", "--output", one])
        let second = try await eval(arguments + ["--threads", "3", "--output", three])
        #expect(first.output == second.output)
        #expect(try Data(contentsOf: URL(filePath: one)) == Data(contentsOf: URL(filePath: three)))
        let found = try rows(one)
        #expect(
            found.map { $0["policy"]?.string } == Array(repeating: "finished", count: 8)
                + Array(repeating: "base", count: 8))
        #expect(found.map { $0["samples"]?.array?.count } == [1, 1, 1, 1, 4, 4, 4, 4, 1, 1, 1, 1, 4, 4, 4, 4])
        #expect(first.lines.contains("test, rougeL, greedy"))
        #expect(first.lines.contains("test, rougeL, temperature 1, 4 samples, best of k"))
        #expect(first.lines.contains("test, rougeL, temperature 1, 4 samples, pass at k"))
        // The mean of the table is that of the rows: one row a task.
        let mean = found.prefix(4).compactMap { $0["reward"]?.double }.reduce(0, +) / 4
        let row = try #require(first.lines.first { $0.hasPrefix("finished") })
        #expect(row.contains(String(format: "%.4f", mean)), "\(row)")
    }

    @Test("Profiles of strangers make prompts of their own, and are tested against the user's")
    func probe() async throws {
        let file = runs.directory("eval-probe.jsonl")
        // The base reads prompts; rows of one user alone would keep their profiles.
        let outcome = try await eval([
            run.path, "--shuffle-profiles", "100", "--set", "evaluation.maxNewTokens=16", "--output", file,
        ])
        #expect(outcome.lines.contains("test, rougeL, temperature 0.8, profiles of strangers"))
        #expect(outcome.lines.contains { $0.hasPrefix("finished, 100 % shuffled") })
        #expect(
            try rows(file).map { $0["shuffledProfiles"]?.bool } == [false, false, false, false, true, true, true, true])
    }

    @Test("What cannot be evaluated is said in a sentence, and nothing is written")
    func refused() async throws {
        try await Binary.run(["eval", runs.path + "/none"]).refused(66, "/none does not exist")
        try await Binary.run(["eval", runs.path + "/base"]).refused(64, "--config")
        try await Binary.run(["eval", run.path, "--set", "data.nothing=1"]).refused(78, "data.nothing")
        try await Binary.run(["eval", run.path, "--decoding", "loud"]).refused(78, "evaluation.decodings")
        try await Binary.run(["eval", run.path, "--data", runs.path + "/base"]).refused(65, "test")
        let file = runs.directory("eval-none.jsonl")
        _ = try await Binary.run(["eval", run.path, runs.path + "/data", "--output", file])
        #expect(!FileManager.default.fileExists(atPath: file))
        for options in [["--split", "train"], ["--threads", "0"], ["--shuffle-profiles", "0"]] {
            #expect(try await Binary.run(["eval", run.path] + options).status == 64)
        }
    }
}
