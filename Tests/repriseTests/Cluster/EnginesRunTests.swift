import FakeEndpoint
import Foundation
import Testing

/// Runs of real processes whose samplers ask a completion server and whose learner is a program.
@Suite(.serialized, .realClusters, .timeLimit(.minutes(20)))
struct EnginesRunTests {
    private let runs: TinyRuns

    init() async throws { runs = try await TinyRuns.shared.value }

    /// A short run of the tiny model.
    private func arguments(_ name: String, _ settings: [String]) -> [String] {
        let small = [
            "iterations=1", "data.train=8", "data.validation=2", "data.test=2", "sampling.samplesPerPrompt=4",
            "sampling.promptsPerTask=2", "sampling.maxNewTokens=32", "evaluation.maxNewTokens=32",
            "cluster.leaseSeconds=10", "cluster.heartbeatSeconds=0.5",
        ]
        return ["run", runs.configuration, "--directory", runs.directory(name)]
            + (small + settings).flatMap { ["--set", $0] }
    }

    private func run(_ name: String, _ settings: [String]) async throws -> Binary.Outcome {
        try await Binary.run(arguments(name, settings))
    }

    private func served(_ name: String, _ url: String) -> String {
        """
        engines.sampler={kind: sglang, endpoint: {url: '\(url)', model: tiny}, directory: '\(runs.directory(name))-policies'}
        """
    }

    private func trained(_ script: String) -> String {
        "engines.learner={kind: command, command: [/bin/sh, -c, '\(script)', train]}"
    }

    /// Hands back what it was given, and says so.
    private static let training =
        #"cp -r "$1/model" "$2"; echo "{\"step\": 1, \"steps\": 1, \"loss\": 0.5, \"tokens\": 9}""#

    private func query(_ name: String, _ sql: String) async throws -> String? {
        try await Binary.run(["query", runs.directory(name), sql]).lines.last?.trimmingCharacters(in: .whitespaces)
    }

    @Test("A server samples and a program trains: shown before, while and after, resumed from what is recorded")
    func wholeRun() async throws {
        let server = try await FakePolicyServer()
        let settings = [served("whole", server.url), trained(Self.training)]
        let outcome = try await run("whole", settings)
        #expect(outcome.status == 0, "\(outcome.error)")
        let plan = try await Binary.run(
            ["run", runs.configuration, "--dry-run"] + settings.flatMap { ["--set", $0] })
        #expect(plan.output.contains("# samplers draw through sglang: tiny at \(server.url), recorded-only"))
        #expect(plan.output.contains("# the learner trains by command: /bin/sh"))
        #expect(plan.output.contains("# recorded-only (sample, train): these results are recorded and kept"))
        let status = try await Binary.run(["status", runs.directory("whole")])
        #expect(status.output.contains("recorded-only (sample, train)"), "\(status.output)")
        let report = try await Binary.run(["report", runs.directory("whole"), "--format", "markdown", "-o", "-"])
        #expect(report.output.contains("sglang: tiny, recorded-only"), "\(report.output.prefix(600))\(report.error)")
        #expect(try await query("whole", "select count(*) from trajectories where logprob is null") != "0")
        let verified = try await Binary.run(["verify", runs.directory("whole")])
        #expect(verified.status == 0, "\(verified.output)\(verified.error)")
        let asked = server.calls.count
        let resumed = try await Binary.run(["run", "--resume", runs.directory("whole")])
        #expect(resumed.status == 0 && server.calls.count == asked, "\(resumed.error)")
        #expect(RunLog(directory: runs.directory("whole")).text("sampler-1").contains("endpoint tiny: "))
    }

    @Test("A sampler that was not told of the server is refused with a sentence")
    func withoutConfiguration() async throws {
        let server = try await FakePolicyServer { call in
            call.path == "/v1/completions" ? .hang : nil
        }
        let run = try Started(
            [
                "run", runs.configuration, "--directory", runs.directory("refusing"), "--set",
                served("refusing", server.url),
            ])
        let endpoint = runs.directory("refusing") + "/endpoint"
        try await eventually("the run has an endpoint") { FileManager.default.fileExists(atPath: endpoint) }
        let address = try String(contentsOfFile: endpoint, encoding: .utf8)
            .trimmingCharacters(in: .whitespacesAndNewlines)
        let sampler = try await Binary.run(["sampler", "--connect", address, "--name", "plain"])
        #expect(sampler.status == 77)
        #expect(sampler.error.contains("this run's samplers work through 'sglang: tiny': give reprise sampler"))
        run.signal(SIGINT)
        run.signal(SIGINT)
        _ = try await run.outcome()
    }

    @Test("A learner killed in its training, and a sampler while it draws, cost attempts and change nothing")
    func kills() async throws {
        let calm = try await FakePolicyServer()
        let expected = try await run("undisturbed", [served("undisturbed", calm.url), trained(Self.training)])
        #expect(expected.status == 0, "\(expected.error)")
        let server = try await FakePolicyServer { call in
            if call.path == "/v1/completions" { Thread.sleep(forTimeInterval: 0.1) }
            return nil
        }
        // Begun for the first time, it waits until nobody wants its result; what it left is there the second time.
        let flag = runs.directory("kills") + "-flag"
        let script =
            #"test -f "$1/begun" && touch "\#(flag)-kept"; "#
            + #"test -f "\#(flag)" || { touch "\#(flag)" "$1/begun"; cat; exit 9; }; "# + Self.training
        let settings = [served("kills", server.url), trained(script)]
        let disturbed = try Started(arguments("kills", settings))
        try await eventually("the training has begun") { FileManager.default.fileExists(atPath: flag) }
        for learner in disturbed.children("learner") { kill(learner, SIGKILL) }
        try await eventually("something is drawn") { server.drawn.count > 2 }
        for sampler in disturbed.children("sampler") { kill(sampler, SIGKILL) }
        let outcome = try await disturbed.outcome()
        #expect(outcome.status == 0, "\(outcome.error)")
        #expect(!server.drawn.contains("default") && FileManager.default.fileExists(atPath: flag + "-kept"))
        #expect(try await query("kills", "select count(*) from attempts where attempt > 1") != "0")
        let digests = try await [
            Binary.run(["digest", runs.directory("undisturbed")]), Binary.run(["digest", runs.directory("kills")]),
        ].map(\.output)
        #expect(digests[0] == digests[1])
    }

    @Test("The overlay that comes with it goes over the demo")
    func overlay() async throws {
        let files = ["demo", "engines"].map { EngineTools.file("cluster/runs/\($0).yaml") }
        let plan = try await Binary.run(["run"] + files + ["--dry-run", "--set", "data.train=8"])
        #expect(plan.status == 0, "\(plan.error)")
        #expect(plan.output.contains("# samplers draw through sglang: policy at http://127.0.0.1:30000/v1, recorded-"))
        #expect(plan.output.contains("# the learner trains by command: python3 cluster/python/learner_torch.py"))
    }

    @Test("A training program that is not there is found before a run is begun")
    func noProgram() async throws {
        let outcome = try await run("nobody", ["engines.learner={kind: command, command: [no-such-trainer]}"])
        #expect(outcome.status != 0 && outcome.error.contains("'no-such-trainer' is not a program here"))
        #expect(!FileManager.default.fileExists(atPath: runs.directory("nobody")))
    }
}
