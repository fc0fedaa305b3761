import Foundation
import Testing

/// A learner that is killed in the M-step goes on where it saved, with the same bytes.
@Suite(.serialized, .realClusters, .timeLimit(.minutes(10)))
struct LearnerTests {
    private let runs: TinyRuns

    init() async throws { runs = try await TinyRuns.shared.value }

    @Test("A learner killed again and again after a save makes the same policies")
    func killedAfterSaves() async throws {
        let long = ["fineTuning.epochs=30", "training.epochs=30"]
        let truth = try await SmallCluster(runs, "learner-undisturbed", settings: long).whole()
        let cluster = try SmallCluster(runs, "learner-killed", settings: long)
        let coordinator = try cluster.coordinator()
        let others = try [cluster.node("sampler"), cluster.node("scorer")]
        var resumed: [Int] = []
        var deaths = 0
        while coordinator.isRunning {
            // Every process dies at its second save.
            let learner = try cluster.node(
                "learner", nil, ["--checkpoint-seconds", "0.001"],
                environment: ["REPRISE_FAILPOINT": "training.saved:2"])
            let outcome = try await learner.outcome()
            resumed += outcome.error.matches(of: #/goes on after step (\d+)/#).compactMap { Int($0.output.1) }
            guard outcome.status == 128 + SIGKILL else {
                #expect(outcome.status == 0, "\(outcome.error)")
                break
            }
            deaths += 1
            try #require(deaths < 40, "it gets no further: \(outcome.error)")
        }
        let outcome = try await coordinator.outcome()
        #expect(outcome.status == 0, "\(outcome.error)")
        for node in others { #expect(try await node.outcome().status == 0) }
        #expect(deaths >= 2)
        #expect(resumed.contains { $0 > 0 }, "resumed at \(resumed)")
        print("learner: killed \(deaths) times, went on after steps \(resumed)")
        #expect(try await cluster.digest() == truth)
    }

    @Test("A learner that is told to leave keeps what is done of a training, leaves at once, and the next one goes on")
    func leaving() async throws {
        let settings = ["fineTuning.steps=1000"]
        let cluster = try SmallCluster(runs, "learner-leaving", settings: settings)
        let coordinator = try cluster.coordinator()
        let others = try [cluster.node("sampler"), cluster.node("scorer")]
        let learner = try cluster.node("learner", nil, ["--checkpoint-seconds", "0.05"])
        let cache = cluster.directory + "-unfinished"
        func saved() -> [String] { (try? FileManager.default.contentsOfDirectory(atPath: cache)) ?? [] }
        try await eventually("something is saved") { saved().contains { $0.hasSuffix(".safetensors") } }
        learner.signal(SIGTERM)
        let left = try await learner.outcome()
        #expect(left.status == 0, "\(left.error)")
        #expect(!saved().isEmpty)
        let next = try cluster.node("learner")
        #expect(try await coordinator.outcome().status == 0)
        let outcome = try await next.outcome()
        #expect(outcome.status == 0)
        let step = outcome.error.firstMatch(of: #/goes on after step (\d+)/#).flatMap { Int($0.output.1) }
        #expect(step.map { (1..<1000).contains($0) } == true, "\(outcome.error)")
        for node in others { #expect(try await node.outcome().status == 0) }
        // Nobody counts it as a failure.
        #expect(
            try await cluster.count("select count(*) from attempts where kind = 'train' and outcome = 'released'") == 1)
        let whole = try SmallCluster(runs, "learner-staying", settings: settings)
        #expect(try await cluster.digest() == whole.whole())
    }

    @Test("The supervisor's learner saves in the run directory and leaves nothing there")
    func cacheIsEmptyInTheEnd() async throws {
        let directory = runs.directory("learner-cache")
        let outcome = try await Binary.run(
            ["run", runs.configuration, "--directory", directory, "--set", "cluster.checkpointSeconds=0.001"]
                + SmallCluster.small.flatMap { ["--set", $0] })
        #expect(outcome.status == 0, "\(outcome.error)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: directory + "/unfinished") == [])
        let digest = try await Binary.run(["digest", directory])
        #expect(digest.lines == [try await SmallCluster.undisturbed.value])
    }

    @Test("What was saved and cannot be used is left aside with a sentence")
    func damagedSave() async throws {
        let cluster = try SmallCluster(runs, "learner-damaged")
        let coordinator = try cluster.coordinator()
        let arguments = ["--checkpoint-seconds", "0.001"]
        let killed = try cluster.node("learner", nil, arguments, environment: ["REPRISE_FAILPOINT": "training.saved:1"])
        #expect(try await killed.outcome().status == 128 + SIGKILL)
        let cache = cluster.directory + "-unfinished"
        let name = try #require(try FileManager.default.contentsOfDirectory(atPath: cache).first)
        var bytes = [UInt8](try Data(contentsOf: URL(filePath: "\(cache)/\(name)")))
        bytes[bytes.count - 9] ^= 4
        try Data(bytes).write(to: URL(filePath: "\(cache)/\(name)"))
        let nodes = try [cluster.node("sampler"), cluster.node("scorer"), cluster.node("learner", nil, arguments)]
        #expect(try await coordinator.outcome().status == 0)
        let outcomes = try await [nodes[0].outcome(), nodes[1].outcome(), nodes[2].outcome()]
        #expect(outcomes[2].error.contains("the training begins anew, for what was saved of it cannot be used"))
        #expect(outcomes[2].error.contains("is damaged"))
        #expect(try await cluster.digest() == SmallCluster.undisturbed.value)
    }
}
