import Checkpoints
import Configuration
import Digests
import Foundation
import JSONLines
import RolloutCore
import RunStore
import Testing
import Tokenization

@testable import Nodes

/// Whole clusters whose learner is a program, which hands back what it was given, or misbehaves.
@Suite(.serialized, .timeLimit(.minutes(5)))
struct CommandLearnerTests {
    private let run: TinyRun

    init() throws { run = try TinyRun() }

    private static let done = #"echo '{"step": 2, "steps": 2, "loss": 0.5, "tokens": 9}'"#

    private func configuration(
        _ script: String, _ change: (inout RunConfiguration.LearnerEngine) -> Void = { _ in }
    ) -> RunConfiguration {
        run.configuration {
            $0.run.iterations = 1
            $0.engines.learner.kind = .command
            $0.engines.learner.command = ["/bin/sh", "-c", script, "train"]
            $0.engines.learner.timeoutSeconds = 30
            change(&$0.engines.learner)
        }
    }

    private func finish(_ name: String, _ configuration: RunConfiguration) async throws -> TinyCluster.Finished {
        try await TinyCluster(run: run, configuration: configuration).finish(name)
    }

    @Test("What the program leaves is the policy, and its reports are what is shown")
    func wholeRun() async throws {
        let script =
            #"echo '{"step": 1, "steps": 2, "loss": 1.5, "tokens": 4}'; cp "$1"/* "#
            + run.path + #"/ 2>/dev/null; cp -r "$1/model" "$2"; "# + Self.done
        let finished = try await finish("whole", configuration(script))
        guard case .finished = finished.ending else {
            Issue.record("ended as \(finished.ending)")
            return
        }
        #expect(finished.prepared.plan.determinism == "recorded-only (train)")
        let summary = try RunReader(finished.directory).summary()
        #expect(summary.determinism == "recorded-only (train)")
        let policy = try #require(summary.policies.last)
        #expect(policy.steps == 2 && policy.firstLoss == 1.5 && policy.lastLoss == 0.5 && policy.density == 0)
        // What it was given.
        let lines = try String(contentsOfFile: run.path + "/train.jsonl", encoding: .utf8).split(separator: "\n")
        let example = try JSON.parse(String(try #require(lines.first)))
        let tokens = try #require(example["completion_ids"]?.array).compactMap(\.integer).map { Int32($0) }
        #expect(example["completion"]?.string == run.base.tokenizer.decode(tokens))
        #expect(example["weight"]?.double ?? 0 > 0 && example["prompt_ids"]?.array?.isEmpty == false)
        let recipe = try JSON.parse(String(contentsOfFile: run.path + "/recipe.json", encoding: .utf8))
        #expect(recipe["learningRate"]?.double == 0.01 && recipe["epochs"] == 2 && recipe["seed"]?.string != "0")
        // Nothing is left when the coordinator has the result, but the last.
        let left = try FileManager.default.contentsOfDirectory(atPath: run.path + "/trainings")
        #expect(left.count <= 1)
    }

    @Test(
        "Programs that fail cost attempts and then stop the run, each with its sentence",
        arguments: [
            ("exit 4", "ended with status 4"),
            ("echo out of memory >&2; kill -9 $$", "was ended by signal 9; its last words: out of memory"),
            (done, "left no checkpoint that can be read"),
            (#"cp -r "$1/model" "$2""#, "ended without a line that says how far it came"),
            (#"echo '{"step": 1, "steps": 2, "loss": NaN, "tokens": 4}'"#, "wrote a loss that is no number"),
            (
                #"cp -r "$1/model" "$2"; printf x >> "$2/model.safetensors"; "# + done,
                "left no checkpoint that can be read"
            ),
        ])
    func failures(script: String, words: String) async throws {
        let finished = try await finish("failing-\(UUID().uuidString)", configuration(script))
        guard case .halted(.quarantined(let task, let explanation)) = finished.ending else {
            Issue.record("ended as \(finished.ending)")
            return
        }
        #expect(task == .train(0))
        #expect(explanation.contains(words), "\(explanation)")
        #expect(explanation.hasPrefix("the training command /bin/sh "))
    }

    @Test("A program that hangs is ended when its time is over")
    func hanging() async throws {
        let finished = try await finish("hanging", configuration("sleep 600") { $0.timeoutSeconds = 0.3 })
        guard case .halted(.quarantined(_, let explanation)) = finished.ending else {
            Issue.record("ended as \(finished.ending)")
            return
        }
        #expect(explanation == "the training command /bin/sh was not done within 0.3 s")
    }

    @Test("Weights that are lost are not made again: verify names them, and going on is refused")
    func lostWeights() async throws {
        let script = #"cp -r "$1/model" "$2"; "# + Self.done
        let configuration = configuration(script)
        let finished = try await finish("lost", configuration)
        let reader = try RunReader(finished.directory)
        let rows = try reader.query("select delta from policies where version = 1").rows
        guard case .text(let text)? = rows.first?.first, let delta = Digest(text) else {
            Issue.record("policy 1 has no delta")
            return
        }
        try FileManager.default.removeItem(atPath: "\(finished.directory.path)/blobs/\(delta)")
        var damage: [String] = []
        var repairable: [String] = []
        try RunVerifier(finished.directory).verify { finding in
            damage += finding.damage
            repairable += finding.repairable.filter { $0.contains("delta") }
        }
        // Policies 0 and 1 hold the same bytes here.
        #expect(damage.contains { $0.contains("is missing, and the program that made it would make another") })
        #expect(repairable.isEmpty)
        let prepared = try PreparedRun(configuration, base: run.base)
        let journal = try Journal(holding: finished.directory.lock())
        var coordinator = try Coordinator(
            plan: prepared.plan, term: Term(rawValue: 9), timers: Timers(),
            base: BaseManifest(weights: run.base.weightsDigest, blob: BlobManifest(of: [])), softwareVersion: "test",
            numericFingerprint: .zero, seed: 1)
        var workbook = Workbook(prepared, configuration, stopTokens: run.base.stopTokens, store: journal)
        try journal.recover { record in
            try coordinator.recover(record)
            workbook.note(record)
        }
        let error = #expect(throws: RunStoreError.self) {
            _ = try Repairs(directory: finished.directory, workbook: workbook).make(&coordinator)
        }
        #expect(error?.description.contains("would make others: put back a copy of the run directory") == true)
    }
}
