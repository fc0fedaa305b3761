import FakeEndpoint
import Foundation
import JSONLines
import Synchronization
import Testing

/// Runs of real processes that ask an OpenAI-compatible server, which misbehaves.
@Suite(.serialized, .realClusters, .timeLimit(.minutes(10)))
struct EndpointRunTests {
    private let runs: TinyRuns

    init() async throws { runs = try await TinyRuns.shared.value }

    /// A run whose reasoning paths the server writes.
    private func rationales(_ name: String, _ server: FakeEndpoint) async throws -> Binary.Outcome {
        try await Binary.run([
            "run", runs.configuration, "--directory", runs.directory(name), "--samplers", "2", "--set",
            "mode=sft-reasoning", "--set", "data.train=12", "--set", "personalization.wording=compact", "--set",
            "rationale={source: endpoint, maxNewTokens: 20, endpoint: {url: '\(server.url)', model: tiny}}",
        ])
    }

    private func digest(_ name: String) async throws -> String? {
        try await Binary.run(["digest", runs.directory(name)]).lines.first
    }

    private static func path(_ call: FakeEndpoint.Call) -> String {
        "- seed \(call.body["seed"]?.integer ?? 0)\n- \(call.prompt.count) characters"
    }

    @Test("An endpoint that fails every third call writes the reasoning paths, and the run learns the same")
    func rationales() async throws {
        let calm = try await FakeEndpoint { .text(Self.path($0)) }
        let rough = try await FakeEndpoint { call in
            call.number % 3 == 0 ? .raw(status: 503, body: "busy") : .text(Self.path(call))
        }
        let first = try await rationales("asked", calm)
        #expect(first.status == 0, "\(first.error)")
        let second = try await rationales("asked-roughly", rough)
        #expect(second.status == 0, "\(second.error)")
        #expect(try await digest("asked") == digest("asked-roughly"))
        #expect(Set(rough.calls.map { "\($0.body)" }).count == 12)
        let status = try await Binary.run(["status", runs.directory("asked-roughly")])
        #expect(status.output.contains("recorded-only (rationale)"))
        #expect(status.output.contains("✓ rationales 12 written"), "\(status.output)")
        // What was paid for is kept, and where, and the log says what it took.
        let kept = try FileManager.default.contentsOfDirectory(atPath: runs.directory("asked-roughly") + "/answers")
        #expect(kept.count == 12)
        let logs = (1...2).map { RunLog(directory: runs.directory("asked-roughly")).text("sampler-\($0)") }.joined()
        #expect(logs.contains("endpoint tiny:") && logs.contains("retries"))
    }

    /// A run whose reward a judge gives.
    private func judged(_ name: String, _ server: FakeEndpoint, _ more: String...) async throws -> Binary.Outcome {
        try await Binary.run(
            [
                "run", runs.configuration, "--directory", runs.directory(name), "--set", "iterations=1", "--set",
                "data.train=8", "--set", "sampling.samplesPerPrompt=4", "--set",
                "reward={judge: endpoint, endpoint: {url: '\(server.url)', model: tiny}}", "--set",
                "selection.threshold.absolute=0.5",
            ] + more)
    }

    /// A score of the five by the text alone, so that it is the same whenever it is asked for; some answers get none.
    private static func score(_ call: FakeEndpoint.Call) -> String {
        let sum = call.prompt.utf8.reduce(0) { ($0 &* 31 &+ Int($1)) % 1_000_003 }
        return sum % 11 == 0 ? "no idea" : ["1", "3", "5", "7", "10"][sum % 5]
    }

    @Test("A judge that fails every third call, and two scorers instead of one, change nothing of what is learned")
    func judge() async throws {
        let calm = try await FakeEndpoint { .text(Self.score($0)) }
        let rough = try await FakeEndpoint { call in
            call.number % 3 == 0 ? .raw(status: 500, body: "oops") : .text(Self.score(call))
        }
        let first = try await judged("judged", calm)
        #expect(first.status == 0, "\(first.error)")
        let second = try await judged("judged-roughly", rough, "--scorers", "2")
        #expect(second.status == 0, "\(second.error)")
        #expect(try await digest("judged") == digest("judged-roughly"))
        let status = try await Binary.run(["status", runs.directory("judged-roughly")])
        #expect(status.output.contains("reward judge: tiny") && status.output.contains("recorded-only (score)"))
        let rewards = try await Binary.run([
            "query", runs.directory("judged-roughly"), "select distinct reward from rewards where reward not null",
        ])
        let found = Set(rewards.lines.dropFirst(2).map { $0.trimmingCharacters(in: .whitespaces) })
        #expect(found.count > 2 && found.isSubset(of: ["0.1", "0.3", "0.5", "0.7", "1.0"]), "\(rewards.output)")
    }

    @Test("A server that is not there halts the run with a sentence, and the run goes on once it is")
    func absent() async throws {
        let isOpen = Flag()
        let server = try await FakeEndpoint { call in
            // Some paths are there already when it stops answering.
            call.number <= 5 || isOpen.value
                ? .text(Self.path(call)) : .raw(status: 401, body: #"{"error": {"message": "who are you"}}"#)
        }
        let outcome = try await rationales("absent", server)
        #expect(outcome.status == 79, "\(outcome.error)")
        #expect(outcome.error.contains("who are you") && outcome.error.contains("API key"), "\(outcome.error)")
        isOpen.value = true
        let resumed = try await Binary.run(["run", "--resume", runs.directory("absent")])
        #expect(resumed.status == 0, "\(resumed.error)")
        // What it learned is what it learns where the server never failed.
        let calm = try await FakeEndpoint { .text(Self.path($0)) }
        #expect(try await rationales("present", calm).status == 0)
        #expect(try await digest("absent") == digest("present"))
    }

    private final class Flag: Sendable {
        private let flag = Mutex(false)
        var value: Bool {
            get { flag.withLock { $0 } }
            set { flag.withLock { $0 = newValue } }
        }
    }
}
