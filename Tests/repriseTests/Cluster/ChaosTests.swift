import Foundation
import JSONLines
import Testing

/// Runs under plans of faults, with real processes: the same is learned, and the verdict says so.
@Suite(.serialized, .realClusters, .timeLimit(.minutes(10)))
struct ChaosTests {
    private let runs: TinyRuns

    init() async throws { runs = try await TinyRuns.shared.value }

    private func plan(_ name: String, _ yaml: String) throws -> String {
        let path = runs.directory(name + ".yaml")
        try yaml.write(toFile: path, atomically: true, encoding: .utf8)
        return path
    }

    /// Keeps a run from being over before anything strikes: on a fast machine it takes half a second.
    private let unhurried =
        "  - {kind: delay, between: [sampler, scorer, learner, coordinator], probability: 1, milliseconds: 100}\n"

    private func verdict(_ directory: String) throws -> JSON {
        try JSON.parse(try String(contentsOfFile: directory + "/chaos.json", encoding: .utf8))
    }

    private func count(_ verdict: JSON, _ kind: String) -> Int {
        verdict["faults"]?[kind]?.object?.values.reduce(0) { $0 + ($1.integer ?? 0) } ?? 0
    }

    /// `reprise run` of a small run under a plan, compared with the undisturbed one.
    private func run(_ name: String, _ plan: String, _ more: String...) async throws -> Binary.Outcome {
        _ = try await SmallCluster.undisturbed.value
        let settings = SmallCluster.small.flatMap { ["--set", $0] }
        return try await Binary.run(
            ["run", runs.configuration, "--directory", runs.directory(name), "--chaos", plan] + settings + more
                + ["--baseline", runs.directory("undisturbed")], seconds: 200)
    }

    @Test("A bad network and kills of every role, the coordinator among them, change nothing that is learned")
    func storm() async throws {
        let plan = try plan(
            "small-storm",
            """
            seed: 3
            lasts: 60
            quiet: 5
            faults:
              - {kind: kill, target: coordinator, at: [0.7, 3]}
              - {kind: kill, target: [sampler, scorer, learner], at: [0.3, 0.9, 1.3, 1.8, 2.5, 3.5, 5, 7, 9]}
              - {kind: stop, target: scorer, at: 1, seconds: 0.5}
              - {kind: loss, between: [sampler, scorer, learner, coordinator], probability: 0.1}
              - {kind: duplication, between: [sampler, scorer, learner, coordinator], probability: 0.2}
              - {kind: reordering, between: [sampler, scorer, learner, coordinator], probability: 0.2}
              - {kind: delay, between: [sampler, scorer, learner, coordinator], probability: 0.2, milliseconds: 30}
              - {kind: corruption, between: [sampler, scorer, learner, coordinator], probability: 0.1}
              - {kind: reset, between: [sampler, scorer, coordinator], perMinute: 120}
              - {kind: cut, between: [sampler, coordinator], at: 1.5, seconds: 0.5}
            """)
        let outcome = try await run("small-storm", plan)
        #expect(outcome.status == 0, "\(outcome.error)")
        #expect(outcome.output.contains("equal: what was learned is the same"))
        let verdict = try verdict(runs.directory("small-storm"))
        #expect(verdict["same"]?.bool == true)
        #expect(verdict["digest"]?.string == (try await SmallCluster.undisturbed.value))
        #expect(count(verdict, "kill") >= 3, "\(verdict)")
        for kind in ["loss", "duplication", "reordering", "delay", "corruption", "reset"] {
            #expect(count(verdict, kind) > 0, "\(kind): \(verdict)")
        }
        let sound = try await Binary.run(["verify", runs.directory("small-storm")])
        #expect(sound.status == 0, "\(sound.output)")
    }

    @Test("Kills of a plan do not use up the restarts of a supervisor")
    func budget() async throws {
        // Close together while a quiet machine needs the sampler, and on until a busy one has started it.
        let seconds: [Double] = (1...12).map { Double($0) * 0.3 } + (5...24).map { Double($0) }
        let times = seconds.map { "\($0)" }.joined(separator: ", ")
        let plan = try plan(
            "kills", "lasts: 30\nquiet: 5\nfaults:\n\(unhurried)  - {kind: kill, target: sampler, at: [\(times)]}")
        let outcome = try await run("kills", plan, "--set", "cluster.maxRestarts=0")
        #expect(outcome.status == 0, "\(outcome.error)")
        #expect(outcome.error.contains("sampler-1 was ended by signal 9; starting it again"))
        #expect(count(try verdict(runs.directory("kills")), "kill") >= 3)
    }

    @Test("A coordinator whose disk takes nothing more stops with a sentence, and goes on when it takes again")
    func disk() async throws {
        let plan = try plan(
            "disk",
            "lasts: 30\nquiet: 5\nfaults:\n\(unhurried)  - {kind: disk, target: coordinator, at: [0.5, 2], seconds: 1}")
        let outcome = try await run("disk", plan, "--set", "cluster.maxRestarts=0")
        #expect(outcome.status == 0, "\(outcome.error)")
        #expect(outcome.error.contains("coordinator exited with status 73; starting it again"), "\(outcome.error)")
        #expect(try verdict(runs.directory("disk"))["same"]?.bool == true)
    }

    @Test("A cluster started by hand joins through the proxy, is struck by number, and gets its verdict")
    func byHand() async throws {
        let truth = try await SmallCluster.undisturbed.value
        let cluster = try SmallCluster(runs, "by-hand")
        let coordinator = try cluster.coordinator()
        let plan = try plan(
            "by-hand",
            """
            lasts: 60
            quiet: 5
            faults:
              - {kind: loss, between: [sampler, scorer, learner, coordinator], probability: 0.1}
              - {kind: stop, target: sampler, perMinute: 60, seconds: 0.2}
            """)
        let behind = try SmallCluster(runs, "by-hand")
        let sampler = try behind.node("sampler")
        let proxy = try Started([
            "chaos", plan, "--connect", cluster.endpoint, "--endpoint", behind.endpoint, "--run", cluster.directory,
            "--baseline", runs.directory("undisturbed"), "--pid", "sampler=\(sampler.identifier)",
        ])
        let others = try [behind.node("scorer"), behind.node("learner")]
        #expect(try await coordinator.outcome().status == 0)
        let outcome = try await proxy.outcome()
        #expect(outcome.status == 0, "\(outcome.error)")
        #expect(outcome.output.contains("equal: what was learned is the same"), "\(outcome.output)")
        #expect(outcome.output.contains("loss") && outcome.output.contains("stop"))
        #expect(try await cluster.digest() == truth)
        for node in others + [sampler] { #expect(try await node.outcome().status == 0) }
    }

    // MARK: - Bad input

    @Test func whatCannotBeIsSaidBeforeAnythingIsMade() async throws {
        _ = try await SmallCluster.undisturbed.value
        let bad = try plan("bad", "faults:\n  - {kind: kill, target: samplr, at: 1}\n")
        let good = try plan("good", "faults:\n  - {kind: kill, target: sampler, at: 1}\n")
        let base = ["run", runs.configuration, "--directory", runs.directory("never")]
        let undisturbed = runs.directory("undisturbed")
        let cases: [([String], Int32, String)] = [
            (base + ["--chaos", bad], 78, "bad.yaml:2:26: target must be coordinator, sampler, scorer or learner"),
            (base + ["--chaos", runs.directory("none.yaml")], 66, "none.yaml"),
            (base + ["--chaos", runs.directory("none.yaml"), "--dry-run"], 66, "none.yaml"),
            (base + ["--baseline", undisturbed], 64, "--baseline and --chaos-seed are for a run with --chaos."),
            (base + ["--chaos", good, "--baseline", undisturbed], 65, "is a run of another configuration"),
            (base + ["--chaos", good, "--baseline", runs.directory("never")], 64, "is the run itself"),
            (
                [
                    "chaos", good, "--connect", "tcp://127.0.0.1:9", "--run", undisturbed, "--baseline", undisturbed,
                ], 64, "is the run itself"
            ),
            (["chaos", good], 64, "Give --connect"),
            (["chaos", good, "--connect", "foo"], 64, "\"foo\" is no endpoint"),
            (["chaos", good, "--connect", "tcp://127.0.0.1:*"], 64, "is no endpoint"),
            (["chaos", good, "--connect", "tcp://127.0.0.1:9", "--endpoint", "tcp://127.0.0.1"], 64, "is no endpoint"),
            (["chaos", good, "--connect", "tcp://127.0.0.1:9", "--endpoint", "tcp://127.0.0.1:9"], 64, "are both"),
            (["sampler", "--connect", "tcp://127.0.0.1:99999"], 64, "is no endpoint"),
            (["chaos", good, "--connect", "tcp://127.0.0.1:9", "--pid", "sampler"], 64, "role=number"),
            (
                ["chaos", good, "--connect", "tcp://127.0.0.1:9", "--pid", "sampler=99999999"], 66,
                "there is no process"
            ),
            (["chaos", good, "--connect", "tcp://127.0.0.1:9", "--endpoint", "tcp://*:0"], 64, "--insecure"),
        ]
        for (arguments, status, words) in cases {
            let outcome = try await Binary.run(arguments)
            #expect(outcome.status == status, "\(arguments): \(outcome.error)")
            #expect(outcome.error.contains(words), "\(outcome.error)")
            #expect(!FileManager.default.fileExists(atPath: runs.directory("never")))
        }
    }

    // MARK: - Plans that come with the repository

    private static let plans: [String] = {
        let folder = URL(filePath: #filePath).appending(path: "../../../../cluster/chaos").standardizedFileURL.path
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.filter { $0.hasSuffix(".yaml") }.sorted().map { "\(folder)/\($0)" }
    }()

    @Test func theSevenPlansAreThere() {
        let names = Set(Self.plans.compactMap { $0.split(separator: "/").last?.dropLast(5) }.map(String.init))
        let expected: Set = [
            "calm", "coordinator-crashes", "flaky-network", "partition", "slow-disk", "storm", "worker-massacre",
        ]
        #expect(names.isSuperset(of: expected))
    }

    @Test("Every plan of the repository is listed, the same each time", arguments: plans)
    func listing(plan: String) async throws {
        let first = try await Binary.run(["chaos", plan, "--dry-run"])
        #expect(first.status == 0, "\(first.error)")
        let second = try await Binary.run(["chaos", plan, "--dry-run"])
        #expect(second.output == first.output)
        #expect(first.lines.count > 2 || plan.hasSuffix("/calm.yaml"), "\(first.output)")
        let other = try await Binary.run(["chaos", plan, "--dry-run", "--seed", "77"])
        #expect(other.output != first.output)
    }
}
