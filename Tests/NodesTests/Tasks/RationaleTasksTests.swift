import Checkpoints
import Configuration
import Digests
import Endpoints
import FakeEndpoint
import Foundation
import JSONLines
import Personalization
import RolloutCore
import RunStore
import Testing
import Tokenization
import Transformer
import Transport

@testable import Nodes

/// Stage 0 as tasks of a cluster: a checkpoint or an endpoint writes, everything is recorded, and the fine-tuning learns it.
@Suite(.serialized, .timeLimit(.minutes(5)))
struct RationaleTasksTests {
    private let run: TinyRun

    init() throws {
        run = try TinyRun(context: 1024)
        try run.base.checkpoint.save(directory: run.path + "/writer")
    }

    private func configuration(_ change: (inout RunConfiguration.Rationale) -> Void) -> RunConfiguration {
        run.configuration {
            $0.run.mode = .sftReasoning
            $0.run.iterations = 0
            $0.evaluation.splits = ["test"]
            $0.rationale.maxNewTokens = 12
            change(&$0.rationale)
        }
    }

    private var byCheckpoint: RunConfiguration {
        configuration {
            $0.source = .checkpoint
            $0.checkpoint = run.path + "/writer"
        }
    }

    private func rows(_ finished: TinyCluster.Finished, _ sql: String) throws -> [[QueryResult.Value]] {
        try RunReader(finished.directory).query(sql).rows
    }

    @Test("A checkpoint writes the same paths on any cluster, and the policy is trained on them")
    func checkpoint() async throws {
        let calm = try await TinyCluster(run: run, configuration: byCheckpoint).finish("calm")
        #expect(calm.prepared.plan.determinism == "bit-exact" && calm.prepared.fineTuning.isEmpty)
        let written = try rows(calm, "select prompt, text from rationales where origin = 'written' order by prompt")
        #expect(written.count == 8 && Set(written.map { "\($0[1])" }).count == 8)
        // What was learned is what was written.
        let set = try rows(calm, "select digest from training_sets where iteration = 0")
        guard case .text(let digest)? = set.first?.first, case .text(let path)? = written.first?.last else {
            Issue.record("no training set, or no path")
            return
        }
        let blob = try calm.directory.blobs.read(try #require(Digest(digest)))
        let examples = try TrainingSet.examples(blob)
        #expect(examples.count == 8)
        #expect(run.base.tokenizer.decode(examples[0].completion).contains(path))
        // More samplers, lost messages.
        var cluster = TinyCluster(run: run, configuration: byCheckpoint, samplers: 2, slots: 2)
        cluster.faults.loss = 0.05
        cluster.faults.duplication = 0.2
        #expect(try await cluster.finish("rough").digest == calm.digest)
        // Other paths, another policy.
        var other = byCheckpoint
        other.rationale.temperature = 1.3
        #expect(try await TinyCluster(run: run, configuration: other).finish("other").digest != calm.digest)
    }

    /// Copies the reference when the request's seed is even: some prompts at the first attempt, few at all of them.
    private static func react(_ call: FakeEndpoint.Call) -> FakeEndpoint.Reaction {
        let prompt = call.prompt
        guard let seed = call.body["seed"]?.integer, seed % 2 == 0,
            let start = prompt.range(of: "[What the writer wrote]\n"),
            let end = prompt.range(of: "\n[End of what the writer wrote]")
        else { return .text("- short sentences\n- number \(call.body["seed"]?.integer ?? 0)") }
        return .text("- wrote: \(prompt[start.upperBound..<end.lowerBound])")
    }

    private func asked(
        _ name: String, change: (inout RunConfiguration.Rationale) -> Void = { _ in },
        react: @escaping @Sendable (FakeEndpoint.Call) -> FakeEndpoint.Reaction
    ) async throws -> (TinyCluster.Finished, FakeEndpoint) {
        let server = try await FakeEndpoint(react)
        var settings = configuration {
            $0.source = .endpoint
            $0.endpoint.model = "tiny"
            // Where it is decides nothing, and differs from test to test.
            $0.endpoint.url = server.url
            $0.attempts = 2
            change(&$0)
        }
        settings.personalization.wording = "standard"
        var cluster = TinyCluster(run: run, configuration: settings, samplers: 2)
        var endpoint = Endpoint(settings.rationale.endpoint)
        endpoint.retries.first = .milliseconds(1)
        cluster.rationaleEndpoint = endpoint
        return (try await cluster.finish(name), server)
    }

    @Test("Copies of the reference are rejected, drawn anew, counted, and at last replaced by rule")
    func leaks() async throws {
        let (finished, server) = try await asked("leaks", react: Self.react)
        #expect(finished.prepared.plan.determinism == "recorded-only (rationale)")
        let summary = try RunReader(finished.directory).summary()
        #expect(summary.determinism == "recorded-only (rationale)")
        let counts = try #require(summary.rationales)
        #expect(counts.written + counts.profile == 8 && counts.none == 0 && counts.failed == 0)
        // Every rejected path was one call more; both ends have to occur for the test to show something.
        let asked = Set(server.calls.map { "\($0.body)" }).count
        let expected = 8 + Int(counts.leaks) - Int(counts.profile)
        #expect(asked == expected)
        #expect(counts.leaks > 0 && counts.written > 0)
        let leaked = try rows(finished, "select count(*) from rationales where text like '%wrote: %'")
        #expect(leaked == [[.integer(0)]])
    }

    @Test("Without a fallback there is no path, and the answer stands alone behind the marker")
    func noFallback() async throws {
        let (finished, _) = try await asked("none", change: { $0.fallback = .none }, react: { _ in .text("  ") })
        let counts = try #require(try RunReader(finished.directory).summary().rationales)
        #expect(counts.none == 8 && counts.unusable == 16)
        let target = run.base.tokenizer.decode(
            try #require(finished.prepared.fineTuning(with: [:]).first).completion)
        let wording = finished.prepared.template.wording
        #expect(target.hasPrefix("\(wording.opening)\n\(wording.answerMarker)\n"))
    }

    @Test("An endpoint that fails every third call changes nothing")
    func everyThirdCallFails() async throws {
        let (calm, _) = try await asked("calm", react: Self.react)
        let (rough, server) = try await asked(
            "rough",
            react: { call in
                call.number % 3 == 0 ? .raw(status: 503, body: "busy") : Self.react(call)
            })
        #expect(server.calls.count > 10)
        #expect(try rough.digest == calm.digest)
    }

    @Test("An endpoint that is never there stops the run for a person, and nothing is dropped")
    func neverThere() async throws {
        let (finished, _) = try await asked(
            "gone", change: { $0.endpoint.attempts = 1 }, react: { _ in .raw(status: 500, body: "down") })
        guard case .halted(.quarantined(let task, let explanation)) = finished.ending else {
            Issue.record("ended as \(finished.ending)")
            return
        }
        #expect(task.kind == .rationale && explanation.contains("answered 500: 'down'"))
    }

    @Test("A long text leaves documents out of the instruction; one that fits nowhere is refused by name")
    func longTexts() throws {
        var settings = byCheckpoint
        settings.rationale.maxNewTokens = 1024 - 300
        let prepared = try PreparedRun(settings, base: run.base)
        let items = try #require(prepared.rationales?.items)
        #expect(items.allSatisfy { run.base.tokenizer.encode($0.instruction, addSpecial: true).count <= 300 })
        #expect(prepared.summary.contains { $0.hasPrefix("rationales: ") })
        settings.rationale.maxNewTokens = 1010
        let error = #expect(throws: PreparationError.self) { _ = try PreparedRun(settings, base: run.base) }
        #expect(error?.description.contains("rationale.maxNewTokens") == true)
    }
}
