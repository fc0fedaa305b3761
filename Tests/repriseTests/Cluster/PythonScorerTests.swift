import Foundation
import Testing

private enum Python {
    /// A Python that has what the scorer needs.
    static let path: String? = {
        let named = ProcessInfo.processInfo.environment["REPRISE_PYTHON"]
        return (named.map { [$0] } ?? ["/usr/bin/python3", "/usr/local/bin/python3"]).first { path in
            let process = Process()
            process.executableURL = URL(filePath: path)
            process.arguments = [
                "-c",
                """
                import importlib.util, shutil, sys, zmq, google.protobuf
                sys.exit(not (importlib.util.find_spec("grpc_tools") or shutil.which("protoc")))
                """,
            ]
            process.standardError = FileHandle.nullDevice
            guard (try? process.run()) != nil else { return false }
            process.waitUntilExit()
            return process.terminationStatus == 0
        }
    }()

    /// The scorer beside the sources.
    static let scorer = URL(filePath: #filePath).appending(path: "../../../../cluster/python/scorer.py").standardized
        .path
}

/// `cluster/python/scorer.py` as the only scorer of a run.
@Suite(
    .serialized, .realClusters, .timeLimit(.minutes(10)),
    .enabled(
        if: Python.path != nil, "needs python3 with pyzmq, protobuf and a protoc; REPRISE_PYTHON names it")
)
struct PythonScorerTests {
    private static let rewards = """
        def overlap(items):
            return [len(set(i["answer"].split()) & set(i["reference"].split())) / (1 + len(i["reference"])) for i in items]

        def treacherous(items):
            sizes = [len(item["answer"].encode()) for item in items]
            if any(size % 13 == 0 for size in sizes): raise RuntimeError("cannot cope")
            return [None if size % 17 == 0 else float("nan") if size % 19 == 0 else 0.5 for size in sizes]

        """

    private let runs: TinyRuns

    init() async throws {
        runs = try await TinyRuns.shared.value
        try Self.rewards.write(toFile: runs.path + "/rewards.py", atomically: true, encoding: .utf8)
    }

    private func start(_ name: String) throws -> Started {
        try Started([
            "run", runs.configuration, "--directory", runs.directory(name), "--set", "reward.external=mine", "--set",
            "sampling.samplesPerPrompt=4", "--set", "data.train=8",
        ])
    }

    private func scorer(_ name: String, _ function: String, _ more: String...) async throws -> Started {
        let endpoint = runs.directory(name) + "/endpoint"
        try await eventually("the run has an endpoint") { FileManager.default.fileExists(atPath: endpoint) }
        let address = try String(contentsOfFile: endpoint, encoding: .utf8).trimmingCharacters(
            in: .whitespacesAndNewlines)
        return try Started(
            [
                "PYTHONPATH=\(runs.path)", Python.path ?? "", Python.scorer, "--connect", address, "--reward",
                "rewards:\(function)",
            ] + more, program: "/usr/bin/env")
    }

    @Test("A run is finished by a Python function, and by another one that takes over from it")
    func wholeRun() async throws {
        let base = runs.path + "/python-base"
        let run = try start("python")
        let first = try await scorer("python", "overlap", "--name", "mine", "--node", "first", "--base", base)
        let log = RunLog(directory: runs.directory("python"))
        try await log.wait(for: "scorer first joined")
        first.signal(SIGKILL)
        let second = try await scorer("python", "overlap", "--name", "mine", "--node", "second")
        let outcome = try await run.outcome()
        #expect(outcome.status == 0, "\(outcome.error)")
        #expect(try await second.outcome().status == 0, "\(second.errorSoFar)")
        let scored = try await Binary.run([
            "query", runs.directory("python"), "select count(*) from rewards where reward > 0",
        ])
        #expect(scored.lines.last.flatMap { Int($0.filter { !$0.isWhitespace }) } ?? 0 > 10, "\(scored.output)")

        // The same rewards from one that was never disturbed: the same run.
        let again = try start("python-again")
        let alone = try await scorer("python-again", "overlap", "--name", "mine", "--base", base)
        #expect(try await again.outcome().status == 0)
        #expect(try await alone.outcome().status == 0)
        #expect(try Data(contentsOf: URL(filePath: base)).count > 10_000, "the base checkpoint was pulled")
        let digests = try await [
            Binary.run(["digest", runs.directory("python")]), Binary.run(["digest", runs.directory("python-again")]),
        ].map(\.output)
        #expect(digests[0] == digests[1])
    }

    @Test("A function that fails costs attempts and then answers their reward, and nothing else")
    func failures() async throws {
        let run = try start("python-failing")
        let scorer = try await scorer("python-failing", "treacherous", "--name", "mine")
        let outcome = try await run.outcome()
        #expect(outcome.status == 0, "\(outcome.error)")
        #expect(try await scorer.outcome().status == 0, "\(scorer.errorSoFar)")
        let log = RunLog(directory: runs.directory("python-failing"))
        #expect(log.count("the reward function failed: RuntimeError: cannot cope") > 0)
        let wrong = """
            select count(*) from (select reward, length(cast(answer as blob)) as size from results where answer is not null)
            where (reward is null) <> (size % 13 = 0 or size % 17 = 0 or size % 19 = 0)
            """
        let query = try await Binary.run(["query", runs.directory("python-failing"), wrong])
        #expect(query.lines.last?.filter { !$0.isWhitespace } == "0", "\(query.output)\(query.error)")
    }

    @Test("A scorer of another reward is refused with a sentence")
    func otherReward() async throws {
        let run = try start("python-refused")
        let scorer = try await scorer("python-refused", "overlap", "--name", "yours")
        let outcome = try await scorer.outcome()
        #expect(outcome.status != 0)
        #expect(outcome.error.contains("refused: the node computes the reward 'yours' and the run's is 'mine'"))
        run.signal(SIGINT)
        run.signal(SIGINT)
        _ = try await run.outcome()
    }
}
