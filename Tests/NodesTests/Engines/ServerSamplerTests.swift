import Configuration
import Digests
import FakeEndpoint
import Foundation
import JSONLines
import RolloutCore
import RunStore
import Synchronization
import Testing
import Transport

@testable import Nodes

/// Whole clusters whose samplers draw through a completion server that loads policies, fails, and is interfered with.
@Suite(.serialized, .timeLimit(.minutes(5)))
struct ServerSamplerTests {
    private let run: TinyRun

    init() throws { run = try TinyRun() }

    private func configuration(
        _ server: FakePolicyServer, _ name: String, _ change: (inout RunConfiguration.SamplerEngine) -> Void = { _ in }
    ) -> RunConfiguration {
        run.configuration {
            $0.engines.sampler.kind = .sglang
            $0.engines.sampler.endpoint.url = server.url
            $0.engines.sampler.endpoint.model = "tiny"
            $0.engines.sampler.endpoint.attempts = 3
            $0.engines.sampler.directory = "\(run.path)/\(name)-policies"
            $0.engines.sampler.reloadSeconds = 20
            change(&$0.engines.sampler)
        }
    }

    private func query(_ finished: TinyCluster.Finished, _ sql: String) throws -> [[QueryResult.Value]] {
        try RunReader(finished.directory).query(sql).rows
    }

    @Test("Every policy is loaded before it is drawn from, and what the server wrote is what is learned")
    func wholeRun() async throws {
        let server = try await FakePolicyServer()
        let finished = try await TinyCluster(run: run, configuration: configuration(server, "a"), samplers: 2).finish(
            "a")
        guard case .finished = finished.ending else {
            Issue.record("ended as \(finished.ending)")
            return
        }
        #expect(finished.prepared.plan.determinism == "recorded-only (sample)")
        #expect(try RunReader(finished.directory).summary().determinism == "recorded-only (sample)")
        // Policies 0, 1 and 2, loaded once each; the last two are kept.
        let loaded = server.loads.map { String(URL(filePath: $0).lastPathComponent.prefix(9)) }
        #expect(loaded == ["policy-0-", "policy-1-", "policy-2-"])
        let kept = try FileManager.default.contentsOfDirectory(atPath: "\(run.path)/a-policies")
        #expect(Set(kept.filter(PolicyName.isOne).map { String($0.prefix(9)) }) == ["policy-1-", "policy-2-"])
        #expect(!server.drawn.contains("default") && Set(server.drawn).count == 3)
        let request = try #require(server.calls.first { $0.path == "/v1/completions" }?.body)
        #expect(request["model"] == "tiny" && request["n"] == 3 && request["temperature"]?.double == 1)
        #expect(request["prompt"]?.array?.isEmpty == false && request["stop"] == ["<|end|>"])
        #expect(request["top_k"] == -1 && request["stop_token_ids"] == [0] && request["seed"]?.integer != nil)
        // The text is the server's; nothing is said of probabilities it did not give.
        let rows = try query(finished, "select count(*), count(logprob), count(distinct answer) from trajectories")
        guard case .integer(let count) = rows[0][0], case .integer(let different) = rows[0][2] else { return }
        #expect(count > 60 && rows[0][1] == .integer(0) && different > 20)
        // This server heeds its seeds: another run of it is the same run.
        let again = try await TinyCluster(run: run, configuration: configuration(server, "b")).finish("b")
        #expect(try again.digest == finished.digest)
    }

    @Test("Calls that fail, answers that are missing and a policy exchanged under a task cost attempts and no sample")
    func trouble() async throws {
        let calm = try await FakePolicyServer()
        let expected = try await TinyCluster(run: run, configuration: configuration(calm, "calm")).finish("calm")
        let meddler = Meddler()
        let server = try await FakePolicyServer { call in
            if call.path == "/v1/completions", call.number % 11 == 0 { meddler.meddle() }
            if call.path == "/v1/completions", call.number % 5 == 0 { return .raw(status: 503, body: "busy") }
            if call.path == "/get_model_info", call.number % 13 == 0 { return .raw(status: 500, body: "oops") }
            return nil
        }
        meddler.server.withLock { $0 = server }
        var cluster = TinyCluster(run: run, configuration: configuration(server, "rough"), samplers: 2, slots: 2)
        cluster.faults.duplication = 0.1
        let finished = try await cluster.finish("rough")
        guard case .finished = finished.ending else {
            Issue.record("ended as \(finished.ending)")
            return
        }
        #expect(meddler.times.withLock { $0 } > 0 && server.loads.count > 3)
        #expect(try finished.digest == expected.digest)
    }

    /// A person who has the server load something else.
    private final class Meddler: Sendable {
        let server = Mutex<FakePolicyServer?>(nil)
        let times = Mutex(0)

        func meddle() {
            let isEnough = times.withLock { times in
                times += 1
                return times > 2
            }
            if !isEnough { server.withLock { $0 }?.hold("something else") }
        }
    }

    @Test("Where a server gives one answer a request, each sample is asked for alone")
    func oneByOne() async throws {
        let server = try await FakePolicyServer { call in
            guard call.path == "/v1/completions", call.body["n"] != nil else { return nil }
            return .raw(status: 400, body: #"{"detail": "n is not supported"}"#)
        }
        let finished = try await TinyCluster(run: run, configuration: configuration(server, "one")).finish("one")
        guard case .finished = finished.ending else {
            Issue.record("ended as \(finished.ending)")
            return
        }
        let seeds = server.calls.filter { $0.path == "/v1/completions" && $0.body["n"] == nil }.map { "\($0.body)" }
        #expect(Set(seeds).count == seeds.count)
        #expect(server.calls.filter { $0.body["n"] != nil }.count < 10, "it is asked for several no more")
    }

    @Test("A server that goes on showing another policy stops the run for a person, who is told what it shows")
    func neverLoads() async throws {
        let server = try await FakePolicyServer { call in
            call.path == "/update_weights_from_disk" ? .raw(status: 200, body: "{}") : nil
        }
        let configuration = configuration(server, "never") { $0.reloadSeconds = 0.2 }
        let finished = try await TinyCluster(run: run, configuration: configuration).finish("never")
        guard case .halted(.quarantined(let task, let explanation)) = finished.ending else {
            Issue.record("ended as \(finished.ending)")
            return
        }
        #expect(task.kind == .sample && explanation.contains("still shows 'default' after 0.2 s"))
        #expect(server.drawn.isEmpty)
    }

    @Test("A program may load policies in place of a route")
    func reloadCommand() async throws {
        let shown = run.path + "/shown.json"
        let server = try await FakePolicyServer { call in
            guard call.path == "/v1/models" else { return nil }
            guard let bytes = FileManager.default.contents(atPath: shown) else { return .raw(status: 503, body: "") }
            return .raw(status: 200, body: String(decoding: bytes, as: UTF8.self))
        }
        let configuration = configuration(server, "command") {
            $0.kind = .llamaCpp
            let script = #"test -f "$1/model.safetensors" && printf '{"data": [{"id": "%s"}]}' "$2" > "$0""#
            $0.reloadCommand = ["/bin/sh", "-c", script, shown, "{directory}", "{policy}"]
        }
        let finished = try await TinyCluster(run: run, configuration: configuration).finish("command")
        guard case .finished = finished.ending else {
            Issue.record("ended as \(finished.ending)")
            return
        }
        #expect(server.loads.isEmpty && server.drawn.count > 10)
        let request = try #require(server.calls.first { $0.path == "/v1/completions" }?.body)
        #expect(request["top_k"] == 0 && request["min_p"] == 0)
    }

    @Test("A reload command that fails is quoted")
    func failingCommand() async throws {
        let server = try await FakePolicyServer()
        let configuration = configuration(server, "failing") {
            $0.reloadCommand = ["/bin/sh", "-c", "echo no GPU >&2; exit 3"]
        }
        let finished = try await TinyCluster(run: run, configuration: configuration).finish("failing")
        guard case .halted(.quarantined(_, let explanation)) = finished.ending else {
            Issue.record("ended as \(finished.ending)")
            return
        }
        #expect(explanation == "the reload command /bin/sh ended with status 3; its last words: no GPU")
    }

    @Test("Samplers that would draw themselves are not taken in, and an engine's arithmetic is not compared")
    func membership() async throws {
        let server = try await FakePolicyServer()
        var cluster = TinyCluster(run: run, configuration: configuration(server, "strangers"))
        cluster.strangers = [("stranger", "test", .zero)]
        let finished = try await cluster.finish("strangers")
        let rejected = finished.exits.compactMap { exit -> String? in
            if case .rejected(let rejection) = exit { rejection.explanation } else { nil }
        }
        #expect(rejected.count == 1 && rejected[0].contains("'sglang: tiny'") && rejected[0].contains("--config"))
    }
}
