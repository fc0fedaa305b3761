import Foundation
import FoundationNetworking
import JSONLines
import Testing

/// Roles started by hand form the same cluster.
@Suite(.serialized, .realClusters, .timeLimit(.minutes(10)))
struct NodeCommandsTests {
    private let runs: TinyRuns

    init() async throws { runs = try await TinyRuns.shared.value }

    private func wait(for words: String, from process: Started) async throws {
        try await eventually("it says \"\(words)\"") {
            if process.errorSoFar.contains(words) { return true }
            try #require(process.isRunning, "\(process.errorSoFar)")
            return false
        }
    }

    private func endpoint(_ directory: String) throws -> String {
        try String(contentsOfFile: directory + "/endpoint", encoding: .utf8)
            .trimmingCharacters(in: .whitespacesAndNewlines)
    }

    private func node(_ role: String, _ endpoint: String, _ more: String...) throws -> Started {
        try Started([role, "--connect", endpoint] + more)
    }

    @Test(
        "Coordinator, samplers, scorer and learner by hand learn the same; samplers may come and go, and one that is late is told"
    )
    func byHand() async throws {
        let directory = runs.directory("by-hand")
        let coordinator = try Started([
            "coordinator", directory, "--config", runs.configuration, "--metrics", "127.0.0.1:0",
            "--linger", "600",
        ])
        try await wait(for: "listening", from: coordinator)
        try await eventually("the endpoint is written") {
            FileManager.default.fileExists(atPath: directory + "/endpoint")
        }
        let endpoint = try endpoint(directory)
        let scorer = try node("scorer", endpoint, "--name", "judge", "--log-format", "json")
        let learner = try node("learner", endpoint, "--threads", "2")
        // One with a copy of the base, one that pulls it from the coordinator while the other is at work.
        let first = try node("sampler", endpoint, "--name", "first", "--base", runs.path + "/base")
        try await wait(for: "phase: sampling(iteration: 1)", from: coordinator)
        let second = try node("sampler", endpoint, "--name", "second", "--slots", "2")
        try await wait(for: "sampler second joined with 2 slots", from: coordinator)
        try await metricsAreGiven(by: coordinator)
        first.signal(SIGTERM)
        #expect(try await first.outcome().status == 0)
        try await wait(for: "sampler first left", from: coordinator)
        try logIsJSON(try await scorer.outcome().error, node: "judge")
        try await wait(for: "nodes that come late are told that it is over", from: coordinator)
        let late = try await node("sampler", endpoint, "--name", "late").outcome()
        #expect(late.error.contains("nothing is left to do: the run is finished"), "\(late.error)")
        #expect(late.status == 0)
        coordinator.signal(SIGTERM)
        for process in [coordinator, scorer, learner, second] {
            let outcome = try await process.outcome()
            #expect(outcome.status == 0, "\(outcome.error)")
        }
        let digest = try await Binary.run(["digest", directory])
        #expect(digest.lines == [try #require(try await TinyRuns.finished.value.digest)])
        let names = try await Binary.run(["query", directory, "select distinct node from leases order by 1"])
        for name in ["first", "second", "judge"] { #expect(names.lines.contains(name), "\(names.output)") }
    }

    private func metricsAreGiven(by coordinator: Started) async throws {
        let match = try #require(coordinator.errorSoFar.firstMatch(of: /metrics url=(\S+)/)).1
        let url = try #require(URL(string: String(match)))
        let wanted = [
            "# TYPE reprise_tasks_total counter\n", "reprise_tasks_total{kind=\"train\",outcome=\"done\"} ",
            "reprise_nodes{role=\"scorer\"} 1\n", "reprise_term 1\n",
        ]
        // Values follow the cluster from time to time.
        let deadline = ContinuousClock.now + .seconds(60)
        var missing = wanted
        while !missing.isEmpty, coordinator.isRunning, ContinuousClock.now < deadline {
            let text = String(decoding: try await URLSession.shared.data(from: url).0, as: UTF8.self)
            missing = wanted.filter { !text.contains($0) }
            for direction in ["sent", "received", "weights"] {
                let line = "reprise_bytes_total{direction=\"\(direction)\"} "
                if text.firstRange(of: line).map({ text[$0.upperBound...].hasPrefix("0\n") }) ?? true {
                    missing.append(line)
                }
            }
            try await Task.sleep(for: .milliseconds(20))
        }
        #expect(missing == [])
    }

    private func logIsJSON(_ log: String, node: String) throws {
        let lines = try log.split(separator: "\n").map { try JSON.parse(Array($0.utf8)) }
        #expect(lines.count > 1)
        #expect(lines.allSatisfy { $0["node"]?.string == node && $0["time"] != nil && $0["level"] != nil })
        let joined = try #require(lines.first { $0["message"]?.string?.hasPrefix("joined the run") == true })
        #expect(joined["run"]?.string?.count == 12)
        #expect(joined["term"]?.string == "1")
    }

    @Test("Nodes may be there before their coordinator, and outlive one")
    func nodesFirst() async throws {
        let directory = runs.directory("nodes-first")
        let first = try Started(["coordinator", directory, "--config", runs.configuration])
        try await wait(for: "listening", from: first)
        try await eventually("the endpoint is written") {
            FileManager.default.fileExists(atPath: directory + "/endpoint")
        }
        let endpoint = try endpoint(directory)
        first.signal(SIGTERM)
        #expect(try await first.outcome().status == 75)
        let nodes = try ["scorer", "learner", "sampler"].map { try node($0, endpoint) }
        let second = try Started(["coordinator", directory, "--endpoint", endpoint])
        try await wait(for: "phase: sampling(iteration: 1)", from: second)
        for node in nodes { try await wait(for: "joined the run, term 2", from: node) }
        second.signal(SIGKILL)
        _ = try await second.outcome()
        // It lingers: a node that a busy machine kept from being a member in the end is told that the run is over.
        let third = try Started(["coordinator", directory, "--endpoint", endpoint])
        let outcome = try await third.outcome()
        #expect(outcome.status == 0, "\(outcome.error)")
        #expect(outcome.error.contains("term=3"))
        for node in nodes {
            let outcome = try await node.outcome()
            #expect(outcome.status == 0, "\(outcome.error)")
            #expect(outcome.error.contains("the coordinator is in term 3 now"))
        }
        let digest = try await Binary.run(["digest", directory])
        #expect(digest.lines == [try #require(try await TinyRuns.finished.value.digest)])
    }

    @Test("A node whose coordinator is nowhere gives up when it has no more patience")
    func noCoordinator() async throws {
        let outcome = try await Binary.run(["scorer", "--connect", "tcp://127.0.0.1:1", "--patience", "0.5"])
        #expect(outcome.status == 69)
        #expect(outcome.error.contains("check its address and whether it runs"), "\(outcome.error)")
    }

    @Test("Slots that no node can have are refused", arguments: ["-1", "0", "1025", "5000000000"])
    func slots(number: String) async throws {
        for role in ["sampler", "scorer"] {
            let outcome = try await Binary.run([role, "--connect", "tcp://127.0.0.1:1", "--slots=\(number)"])
            #expect(outcome.status == 64 && outcome.error.contains("--slots is a number from 1 to 1024"))
        }
    }

    @Test("A process whose supervisor is gone already ends")
    func orphan() async throws {
        let directory = runs.directory("orphan")
        let first = try Started(["coordinator", directory, "--config", runs.configuration])
        try await wait(for: "listening", from: first)
        first.signal(SIGTERM)
        _ = try await first.outcome()
        let outcome = try await Started(["coordinator", directory, "--supervised", "999999999"]).outcome(within: 60)
        #expect(outcome.status == 75, "\(outcome.error)")
    }

    @Test("A setting cannot change a run that has begun")
    func setNeedsConfig() async throws {
        let outcome = try await Binary.run(["coordinator", runs.directory("none"), "--set", "run.seed=2"])
        #expect(outcome.status == 64)
        #expect(outcome.error.contains("--set changes a new run only"))
    }
}
