import Foundation
import Testing

@Suite(.serialized, .realClusters, .timeLimit(.minutes(10)))
struct RunCommandTests {
    private let runs: TinyRuns
    private let finished: FinishedRun

    init() async throws {
        runs = try await TinyRuns.shared.value
        finished = try await TinyRuns.finished.value
    }

    private func command(_ name: String, _ more: String...) -> [String] {
        ["run", runs.configuration, "--directory", runs.directory(name)] + more
    }

    /// Expects a whole run that learned what the undisturbed one did.
    private func expectSame(
        _ outcome: Binary.Outcome, _ name: String, at location: SourceLocation = #_sourceLocation
    ) async throws {
        #expect(outcome.status == 0, "\(outcome.error)", sourceLocation: location)
        let digest = try await Binary.run(["digest", runs.directory(name)])
        #expect(digest.lines == [try #require(finished.digest)], "\(digest.error)", sourceLocation: location)
    }

    @Test("A run ends with a table of its policies, its digest and its best policy as a checkpoint")
    func wholeRun() async throws {
        #expect(finished.outcome.status == 0, "\(finished.outcome.error)")
        let lines = finished.outcome.lines
        for name in ["SFT", "iteration 1", "iteration 2"] { #expect(lines.contains { $0.hasPrefix(name) }) }
        #expect(lines.contains { $0.contains("4096") })
        #expect(finished.digest?.count == 64)
        let best = try #require(
            lines.first { $0.hasPrefix("best policy") }?.split(separator: " ").last.map(String.init))
        #expect(best == finished.path + "/checkpoints/best")
        let drawn = try await Binary.run(
            ["generate", "--model", best, "--max-new-tokens", "4"], input: #"{"prompt": "A"}"#)
        #expect(drawn.status == 0, "\(drawn.error)")
    }

    @Test("Three samplers with two slots learn the same")
    func clusterSize() async throws {
        let outcome = try await Binary.run(command("three", "--samplers", "3", "--slots", "2", "--scorers", "2"))
        try await expectSame(outcome, "three")
        let nodes = try await Binary.run([
            "query", runs.directory("three"), "select count(distinct node) from leases where node like 'sampler%'",
        ])
        #expect(nodes.lines.last?.trimmingCharacters(in: .whitespaces) == "3", "\(nodes.output)")
    }

    @Test("Another seed learns something else")
    func seed() async throws {
        let outcome = try await Binary.run(command("seed", "--set", "run.seed=2"))
        #expect(outcome.status == 0, "\(outcome.error)")
        let digest = try await Binary.run(["digest", runs.directory("seed")])
        #expect(digest.status == 0 && digest.lines.first != finished.digest)
    }

    @Test("A sampler killed twice within an E-step is started again, and changes nothing")
    func killedSampler() async throws {
        let run = try Started(command("killed-sampler"))
        let log = RunLog(directory: runs.directory("killed-sampler"))
        try await log.wait(for: "phase: sampling(iteration: 1)")
        for time in 1...2 {
            try await log.wait(for: "sampler sampler-1 joined", times: time)
            let child = try #require(run.children("sampler").last)
            kill(child, SIGKILL)
        }
        #expect(log.count("phase: training(iteration: 1)") == 0, "the E-step was over before the second kill")
        let outcome = try await run.outcome()
        try await expectSame(outcome, "killed-sampler")
        #expect(outcome.error.ranges(of: "sampler-1 was ended by signal 9; starting it again").count == 2)
    }

    @Test("A learner and a scorer that are killed change nothing")
    func killedOthers() async throws {
        let run = try Started(command("killed-others"))
        let log = RunLog(directory: runs.directory("killed-others"))
        try await log.wait(for: "phase: sampling(iteration: 1)")
        kill(try #require(run.children("scorer").last), SIGKILL)
        kill(try #require(run.children("learner").last), SIGKILL)
        let outcome = try await run.outcome()
        try await expectSame(outcome, "killed-others")
        #expect(outcome.error.contains("scorer-1 was ended by signal 9"))
        #expect(outcome.error.contains("learner was ended by signal 9"))
    }

    @Test("A killed coordinator goes on in a new term with what its journal holds")
    func killedCoordinator() async throws {
        let run = try Started(command("killed-coordinator"))
        let log = RunLog(directory: runs.directory("killed-coordinator"))
        try await log.wait(for: "phase: sampling(iteration: 2)")
        kill(try #require(run.children("coordinator").last), SIGKILL)
        try await log.wait(for: "term=2")
        let outcome = try await run.outcome()
        try await expectSame(outcome, "killed-coordinator")
        // The first iteration was not done again.
        #expect(log.count("phase: sampling(iteration: 1)") == 1)
        #expect(log.count("joined the run", in: "sampler-1") == 2)
    }

    @Test("Ctrl-C drains and says how to go on; --resume learns the same")
    func drainAndResume() async throws {
        let directory = runs.directory("drained")
        let run = try Started(command("drained"))
        let log = RunLog(directory: directory)
        try await log.wait(for: "phase: sampling(iteration: 1)")
        run.signal(SIGINT)
        let outcome = try await run.outcome()
        #expect(outcome.status == 75, "\(outcome.error)")
        #expect(outcome.error.contains("draining"))
        #expect(outcome.error.split(separator: "\n").last?.contains("--resume") == true)
        #expect(log.count("the node was told to stop", in: "sampler-1") == 1)
        let early = try await Binary.run(["digest", directory])
        early.refused(69, "is not finished")
        try await expectSame(try await Binary.run(["run", "--resume", directory]), "drained")
        #expect(log.count("term=2") == 1)
    }

    @Test("When the supervisor is killed its processes leave, and --resume learns the same")
    func killedSupervisor() async throws {
        let directory = runs.directory("orphans")
        let run = try Started(command("orphans"))
        try await RunLog(directory: directory).wait(for: "phase: sampling(iteration: 1)")
        let children = run.children()
        #expect(children.count == 4)
        run.signal(SIGKILL)
        #expect(try await run.outcome().status == 128 + SIGKILL)
        try await eventually("no child is left") {
            children.allSatisfy { !FileManager.default.fileExists(atPath: "/proc/\($0)") }
        }
        try await expectSame(try await Binary.run(["run", "--resume", directory]), "orphans")
    }

    @Test("A second Ctrl-C ends everything at once")
    func impatience() async throws {
        let directory = runs.directory("impatient")
        let run = try Started(command("impatient"))
        try await RunLog(directory: directory).wait(for: "phase: sampling(iteration: 1)")
        let children = run.children()
        run.signal(SIGINT)
        try await eventually("it drains") { run.errorSoFar.contains("draining") }
        run.signal(SIGINT)
        let outcome = try await run.outcome(within: 10)
        #expect(outcome.status == 75)
        #expect(outcome.error.split(separator: "\n").last?.contains("--resume") == true, "\(outcome.error)")
        try await eventually(within: 5, "no child is left") {
            children.allSatisfy { !FileManager.default.fileExists(atPath: "/proc/\($0)") }
        }
    }

    @Test("A process that dies more often than allowed ends the run with a sentence")
    func restartBudget() async throws {
        let run = try Started(command("fragile", "--set", "cluster.maxRestarts=0"))
        try await RunLog(directory: runs.directory("fragile")).wait(for: "phase: sampling(iteration: 1)")
        kill(try #require(run.children("sampler").last), SIGKILL)
        let outcome = try await run.outcome(within: 20)
        #expect(outcome.status == 69)
        let last = outcome.error.split(separator: "\n").last ?? ""
        #expect(last.contains("sampler-1 was ended by signal 9 more than 0 times within 60 s"), "\(outcome.error)")
        #expect(last.contains("--resume"))
        #expect(run.children().isEmpty)
    }

    @Test("A finished run that is resumed shows its result again")
    func resumeFinished() async throws {
        let outcome = try await Binary.run(["run", "--resume", finished.path])
        #expect(outcome.status == 0, "\(outcome.error)")
        #expect(FinishedRun(path: finished.path, outcome: outcome).digest == finished.digest)
    }

    @Test("While a run goes on nobody else can have its directory")
    func directoryInUse() async throws {
        let directory = runs.directory("in-use")
        let run = try Started(command("in-use"))
        try await RunLog(directory: directory).wait(for: "phase: sampling(iteration: 1)")
        try await Binary.run(command("in-use")).refused(73, "holds a run already")
        try await Binary.run(["run", "--resume", directory]).refused(69, "in use by")
        let second = try await Binary.run(["coordinator", directory])
        #expect(second.status == 69)
        #expect(second.error.split(separator: "\n").last?.contains("is in use by") == true, "\(second.error)")
        #expect(FileManager.default.fileExists(atPath: directory + "/endpoint"))
        // Looking is allowed.
        let status = try await Binary.run(["status", directory])
        #expect(status.status == 0, "\(status.error)")
        #expect(status.lines.contains { $0.hasPrefix("✓ fine-tune") }, "\(status.output)")
        try await expectSame(try await run.outcome(), "in-use")
    }

    @Test("--dry-run prints a configuration that reads back, and the plan, and makes nothing")
    func dryRun() async throws {
        let outcome = try await Binary.run(command("dry", "--dry-run"))
        #expect(outcome.status == 0, "\(outcome.error)")
        #expect(!FileManager.default.fileExists(atPath: runs.directory("dry")))
        #expect(
            outcome.output.contains("# 2 iterations, an E-step in each: 64 samples of each prompt, 4096 trajectories"))
        let again = runs.path + "/dry.yaml"
        try outcome.output.write(toFile: again, atomically: true, encoding: .utf8)
        let second = try await Binary.run(["run", again, "--dry-run"])
        #expect(second.output == outcome.output)
    }

    @Test("A run whose E-step keeps nothing stops with a sentence")
    func halted() async throws {
        let outcome = try await Binary.run(
            command("halted", "--set", "selection.threshold={absolute: 0.99}", "--set", "data.train=4"))
        #expect(outcome.status == 79)
        #expect(
            outcome.error.split(separator: "\n").last?.contains("lower selection.threshold") == true, "\(outcome.error)"
        )
    }
}
