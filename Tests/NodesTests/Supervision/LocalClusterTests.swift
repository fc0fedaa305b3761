import Foundation
import Testing

@testable import Nodes

/// What the supervisor does about ends of its children; a script plays them.
@Suite(.timeLimit(.minutes(5)))
struct LocalClusterTests {
    private let folder: String

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "reprise-local-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder + "/logs", withIntermediateDirectories: true)
    }

    /// A cluster whose processes run a script: the coordinator writes its endpoint and then does as `coordinator` says, a
    /// node does as `node` says.
    private func cluster(coordinator: String, node: String) throws -> LocalCluster {
        let script = """
            #!/bin/sh
            role=$1
            if [ $role = coordinator ]; then echo tcp://127.0.0.1:1 > "$2/endpoint"; \(coordinator); fi
            \(node)
            exec sleep 60
            """
        let path = folder + "/reprise"
        // Written by another process: one that is being started elsewhere at this moment would inherit a file of ours that is
        // open for writing, and such a file cannot be run.
        let writer = Process()
        writer.executableURL = URL(filePath: "/bin/sh")
        writer.arguments = ["-c", #"printf %s "$1" > "$2" && chmod +x "$2""#, "sh", script, path]
        try writer.run()
        writer.waitUntilExit()
        return LocalCluster(
            executable: URL(filePath: path), directory: URL(filePath: folder),
            size: LocalCluster.Size(
                samplers: 1, scorers: 1, slots: 1, learnerThreads: 1, maxRestarts: 3, restartWindow: .seconds(60),
                checkpointInterval: .seconds(1)))
    }

    /// Looks after the children until something other than `running` comes of it, or until `isDone`.
    private func tick(
        _ cluster: LocalCluster, until isDone: ([String]) -> Bool = { _ in false }
    ) async throws -> (LocalCluster.State, [String]) {
        var lines: [String] = []
        try cluster.start()
        var state = LocalCluster.State.running
        while state == .running, !isDone(lines) {
            state = try cluster.tick { lines.append($0) }
            try await Task.sleep(for: .milliseconds(5))
        }
        await cluster.end(grace: .milliseconds(500))
        try? FileManager.default.removeItem(atPath: folder)
        return (state, lines)
    }

    @Test("A node that the coordinator will not have ends the run at once, with the node's own sentence")
    func refused() async throws {
        let cluster = try cluster(
            coordinator: "exec sleep 60",
            node: "if [ $role = scorer ]; then echo 'reprise: the coordinator refused this node: why' >&2; exit 77; fi")
        let (state, lines) = try await tick(cluster)
        #expect(state == .refused(explanation: "the coordinator refused this node: why"))
        #expect(lines.isEmpty, "it was not started again")
    }

    @Test("A node that somebody else ended is replaced; one that the coordinator let go is not")
    func replaced() async throws {
        let once = folder + "/once"
        let cluster = try cluster(
            coordinator: "exec sleep 60",
            node: """
                if [ $role = learner ]; then exit 0; fi
                if [ $role = sampler ] && [ ! -e \(once) ]; then touch \(once); exit 75; fi
                """)
        let (state, lines) = try await tick(cluster) { !$0.isEmpty }
        #expect(state == .running)
        #expect(lines == ["sampler-1 exited with status 75; starting it again"])
    }

    @Test("A process that keeps dying spends its budget")
    func gaveUp() async throws {
        let cluster = try cluster(coordinator: "exec sleep 60", node: "if [ $role = scorer ]; then exit 1; fi")
        let (state, lines) = try await tick(cluster)
        guard case .gaveUp(let explanation) = state else {
            Issue.record("\(state)")
            return
        }
        #expect(explanation.contains("scorer-1 exited with status 1 more than 3 times within 60 s"))
        #expect(lines.count == 3)
    }

    @Test("Ends that are excused leave the budget alone, each once")
    func excused() async throws {
        let cluster = try cluster(coordinator: "exec sleep 60", node: "")
        try cluster.start()
        var lines: [String] = []
        var state = LocalCluster.State.running
        /// Ends the scorer, and looks on until it is there again or the cluster gives up.
        func kill(excuse: Bool) async throws {
            let before = lines.count
            var killed: Int32?
            while state == .running, lines.count == before {
                state = try cluster.tick { lines.append($0) }
                if killed == nil, let scorer = cluster.processes.first(where: { $0.name == "scorer-1" }) {
                    if excuse { cluster.excuse("scorer-1") }
                    Foundation.kill(scorer.identifier, SIGKILL)
                    killed = scorer.identifier
                }
                try await Task.sleep(for: .milliseconds(5))
            }
        }
        for _ in 1...6 { try await kill(excuse: true) }
        #expect(state == .running && lines.count == 6)
        for _ in 1...4 { try await kill(excuse: false) }
        #expect(lines.count == 9, "its own budget is three")
        guard case .gaveUp = state else {
            Issue.record("\(state)")
            return
        }
        await cluster.end(grace: .milliseconds(500))
    }

    @Test("A coordinator whose disk failed ends the run, unless that is excused")
    func disk() async throws {
        let once = folder + "/once"
        let script = "if [ ! -e \(once) ]; then touch \(once); sleep 0.3; exit 73; fi; exec sleep 60"
        let cluster = try cluster(coordinator: script, node: "")
        cluster.excuse("coordinator")
        let (state, lines) = try await tick(cluster) { !$0.isEmpty }
        #expect(state == .running)
        #expect(lines == ["coordinator exited with status 73; starting it again"])
        let other = try await LocalClusterTests().failing()
        #expect(other.0 == .finished(status: 73, sentence: nil) && other.1.isEmpty)
    }

    private func failing() async throws -> (LocalCluster.State, [String]) {
        let cluster = try cluster(coordinator: "exit 73", node: "")
        cluster.excuse("coordinator")
        cluster.withdrawExcuse(for: "coordinator")
        return try await tick(cluster)
    }

    @Test("Nodes are given another endpoint where something stands between")
    func endpointForNodes() async throws {
        let told = folder + "/told"
        let cluster = try cluster(coordinator: "exec sleep 60", node: "echo $3 >> \(told); exec sleep 60")
        cluster.endpointForNodes = { $0 + "2" }
        try cluster.start()
        while (try? String(contentsOfFile: told, encoding: .utf8))?.split(separator: "\n").count != 3 {
            #expect(try cluster.tick { _ in } == .running)
            try await Task.sleep(for: .milliseconds(5))
        }
        let lines = try String(contentsOfFile: told, encoding: .utf8).split(separator: "\n")
        #expect(lines.allSatisfy { $0 == "tcp://127.0.0.1:12" })
        await cluster.end(grace: .milliseconds(500))
    }

    @Test("The sentence of a coordinator that ends is its own, not one that an earlier start left in the log")
    func lastWords() async throws {
        try "reprise: an old sentence\n".write(
            toFile: folder + "/logs/coordinator.log", atomically: true, encoding: .utf8)
        let silent = try cluster(coordinator: "exit 79", node: "")
        #expect(try await tick(silent).0 == .finished(status: 79, sentence: nil))
        let (state, _) = try await LocalClusterTests().speaking()
        #expect(state == .finished(status: 79, sentence: "a new one"))
    }

    private func speaking() async throws -> (LocalCluster.State, [String]) {
        try "reprise: an old sentence\n".write(
            toFile: folder + "/logs/coordinator.log", atomically: true, encoding: .utf8)
        return try await tick(try cluster(coordinator: "echo 'reprise: a new one' >&2; exit 79", node: ""))
    }
}
