import FakeEndpoint
import Foundation
import JSONLines
import Testing

/// Runs of real processes that ask an OpenAI-compatible server, which misbehaves.
@Suite(.serialized, .timeLimit(.minutes(3)))
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

    @Test("A server that is not there halts the run with a sentence, and the run goes on once it is")
    func absent() async throws {
        let gone = try await FakeEndpoint { _ in .raw(status: 401, body: #"{"error": {"message": "who are you"}}"#) }
        let outcome = try await rationales("absent", gone)
        #expect(outcome.status == 79, "\(outcome.error)")
        #expect(outcome.error.contains("who are you") && outcome.error.contains("API key"), "\(outcome.error)")
    }
}
