import Foundation
import Testing

/// Containers that are scaled, killed, paused and cut off learn what processes on one machine learn.
@Suite(
    .serialized, .realClusters, .timeLimit(.minutes(10)),
    .enabled(if: Compose.missing == nil, "needs \(Compose.missing ?? "nothing")"))
struct ComposeTests {
    private let runs: TinyRuns

    init() async throws { runs = try await TinyRuns.shared.value }

    /// A configuration for a run of a minute or so.
    private func configuration() throws -> String {
        let text = try String(contentsOfFile: runs.configuration, encoding: .utf8)
        let longer = text.replacing("samplesPerPrompt: 64", with: "samplesPerPrompt: 256")
        try #require(longer != text)
        let name = "compose.yaml"
        try longer.write(toFile: runs.path + "/" + name, atomically: true, encoding: .utf8)
        return name
    }

    private func wait(_ seconds: Double = 90, for words: String, times: Int = 1, in cluster: Compose) async throws {
        try await eventually(within: seconds, "the coordinator says \"\(words)\"\n\(cluster.log("coordinator"))") {
            cluster.log("coordinator").ranges(of: words).count >= times
        }
    }

    @Test("Scaled 1 to 4 to 2, killed, paused and cut off: the same digest as on one machine")
    func faults() async throws {
        let name = try configuration()
        let local = try await Binary.run(
            ["run", "\(runs.path)/\(name)", "--directory", runs.directory("for-compose")], seconds: 300)
        try #require(local.status == 0, "\(local.error)")
        let truth = try await Binary.run(["digest", runs.directory("for-compose")]).lines

        let cluster = try Compose(files: runs.path, configuration: name)
        let began = ContinuousClock.now
        try cluster.compose("up", "-d", "--scale", "sampler=1")
        try await wait(for: "phase: sampling(iteration: 1)", in: cluster)
        print("from up to the first E-step: \(began.duration(to: .now))")

        try cluster.compose("up", "-d", "--no-recreate", "--scale", "sampler=4")
        try await wait(for: "joined with 1 slot", times: 6, in: cluster)
        let samplers = try cluster.containers("sampler")
        #expect(samplers.count == 4)
        // Longer than a lease: fenced, and a new incarnation afterwards.
        try Compose.docker("pause \(samplers[0])")
        try cluster.crash(samplers[1])
        try await wait(for: "was lost with", times: 2, in: cluster)
        try Compose.docker("unpause \(samplers[0])")
        // A node that is cut off comes back by itself.
        let scorer = try cluster.container("scorer")
        try Compose.docker("network disconnect \(cluster.project)_cluster \(scorer)")
        try await eventually(within: 60, "the scorer is missed") {
            cluster.log("coordinator").contains(/warning coordinator: scorer \S+ was lost/)
        }
        try Compose.docker("network connect \(cluster.project)_cluster \(scorer)")
        try cluster.crash(try cluster.container("coordinator"))
        try await wait(for: "going on with", in: cluster)
        try cluster.compose("up", "-d", "--no-recreate", "--scale", "sampler=2")
        #expect(try cluster.containers("sampler").count == 2)

        let coordinator = try cluster.container("coordinator")
        try await eventually(within: 300, "the run is finished\n\(cluster.log("coordinator"))") {
            cluster.log("coordinator").contains("the run is finished")
        }
        try await eventually("the coordinator has ended") {
            try Compose.docker("inspect --format '{{.State.Status}} {{.State.ExitCode}}' \(coordinator)") == "exited 0"
        }
        #expect(try cluster.reprise("digest").split(separator: "\n").map(String.init) == truth)
        #expect(try cluster.reprise("query", "'select max(term) from terms'").hasSuffix("2"))
    }

    @Test("A proxy between containers that loses, doubles and damages messages: the same digest as on one machine")
    func proxy() async throws {
        let plan = """
            seed: 3
            lasts: 60
            quiet: 5
            faults:
              - {kind: loss, between: [sampler, coordinator], probability: 0.05}
              - {kind: duplication, between: [scorer, coordinator], probability: 0.1}
              - {kind: corruption, between: [learner, coordinator], probability: 0.05}

            """
        try plan.write(toFile: runs.path + "/plan.yaml", atomically: true, encoding: .utf8)
        let cluster = try Compose(
            files: runs.path, configuration: "run.yaml", overlay: "compose.chaos.yaml", plan: "plan.yaml")
        try cluster.compose("up", "-d", "--scale", "sampler=2")
        let proxy = try cluster.container("chaos")
        try await eventually(within: 300, "the proxy has ended with the run\n\(cluster.log("coordinator"))") {
            try Compose.docker("inspect --format '{{.State.Status}} {{.State.ExitCode}}' \(proxy)") == "exited 0"
        }
        #expect(cluster.log("chaos").contains("duplication"), "\(cluster.log("chaos"))")
        let truth = try #require(try await TinyRuns.finished.value.digest)
        #expect(try cluster.reprise("digest") == truth)
    }

    @Test("A container has no rights it does not need, and says when it is well")
    func confined() async throws {
        let name = try configuration()
        let cluster = try Compose(files: runs.path, configuration: name)
        try cluster.compose("up", "-d", "coordinator", "scorer")
        try await wait(for: "joined with 1 slot", in: cluster)
        for service in ["coordinator", "scorer"] {
            let container = try cluster.container(service)
            let status = try Compose.docker(
                "inspect --format '{{.HostConfig.ReadonlyRootfs}} {{.HostConfig.CapDrop}} {{.Config.User}}' \(container)"
            )
            #expect(status == "true [ALL] 10001:10001")
            #expect(Machine.run("docker exec \(container) touch /usr/file") != 0)
            try await eventually(within: 60, "\(service) is well") {
                try Compose.docker("inspect --format '{{.State.Health.Status}}' \(container)") == "healthy"
            }
        }
        // Secrets stand in no layer, environment or command line.
        let secret = try cluster.secret("scorer")
        let said =
            try Compose.docker("inspect \(cluster.container("scorer"))") + Compose.docker("history --no-trunc reprise")
        #expect(!said.contains(secret))
    }
}
