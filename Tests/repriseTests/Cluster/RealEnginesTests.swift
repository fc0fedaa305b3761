import Checkpoints
import FakeEndpoint
import Foundation
import RunStore
import Testing
import Tokenization
import Transformer

/// Runs with a real llama.cpp server and a PyTorch script.
@Suite(
    .serialized, .realClusters, .timeLimit(.minutes(20)),
    .enabled(
        if: EngineTools.python != nil,
        "needs a python3 with torch, transformers, xllamacpp and gguf; REPRISE_ENGINES_PYTHON names it"))
struct RealEnginesTests {
    private let runs: TinyRuns

    init() async throws { runs = try await TinyRuns.shared.value }

    @Test("llama.cpp samples and PyTorch trains, for one iteration")
    func oneIteration() async throws {
        let python = try #require(EngineTools.python)
        let directory = runs.directory("real")
        let serve = [
            EngineTools.file("cluster/python/serve.py"), "--state", directory + "-state", "--name", "test",
        ]
        let port = try SmallCluster.freePort()
        let command = (serve + ["--", python, EngineTools.file("Tests/llama_server.py")])
            .joined(separator: ", ")
        let outcome = try await Binary.run(
            [
                "run", runs.configuration, "--directory", directory, "--set", "iterations=1", "--set", "data.train=8",
                "--set", "sampling.samplesPerPrompt=4", "--set", "sampling.promptsPerTask=4", "--set",
                "sampling.maxNewTokens=32", "--set", "evaluation.maxNewTokens=32", "--set", "cluster.leaseSeconds=10",
                "--set",
                """
                engines.sampler={kind: llama.cpp, endpoint: {url: 'http://127.0.0.1:\(port)/v1', model: '{policy}'}, \
                directory: '\(directory)-policies', reloadSeconds: 240, \
                reloadCommand: [\(command), '{directory}', '{policy}', '\(port)']}
                """, "--set",
                "engines.learner={kind: command, command: [\(python), \(EngineTools.file("cluster/python/learner_torch.py"))]}",
            ], seconds: 900)
        _ = try await Binary.shell(serve.map { "'\($0)'" }.joined(separator: " ") + " --stop")
        #expect(outcome.status == 0, "\(outcome.error)\(RunLog(directory: directory).text("sampler-1").suffix(2000))")
        let policies = try await Binary.run([
            "query", directory, "select count(*) from trainings where first_loss > last_loss",
        ])
        #expect(policies.lines.last?.filter { !$0.isWhitespace } != "0", "\(policies.output)\(policies.error)")
        #expect(try await Binary.run(["verify", directory]).status == 0)
        try compareProbabilities(directory)
    }

    /// The server drew from the policy it was given: what it says of its tokens is what this software says of them.
    private func compareProbabilities(_ directory: String) throws {
        let shelf = directory + "-policies"
        let name = try FileManager.default.contentsOfDirectory(atPath: shelf).first { $0.hasPrefix("policy-0-") }
        let policy = try Checkpoint.load(directory: "\(shelf)/\(try #require(name))")
        let tokenizer = try Tokenizer(json: try #require(policy.companion("tokenizer.json")), file: shelf)
        let scorer = SequenceScorer(weights: try PolicyWeights(checkpoint: policy))
        var filter = TrajectoryFilter()
        filter.iteration = 1
        filter.limit = 32
        let drawn = try RunReader(RunDirectory.open(directory)).trajectories(filter)
        #expect(drawn.count == 32)
        for trajectory in drawn {
            let prompt = tokenizer.encode(trajectory.prompt.text, addSpecial: true)
            let own = try scorer.logProbabilities(prompt + trajectory.tokens).suffix(trajectory.tokens.count)
            let sum = own.reduce(0.0) { $0 + Double($1) }
            let served = try #require(trajectory.logProbability)
            #expect(abs(sum - served) < 0.02 + 0.002 * abs(sum), "\(served) of the server is \(sum)")
        }
    }
}

/// Runs whose learner trains LoRA adapters by TRL, and whose server is given these.
@Suite(
    .serialized, .realClusters, .timeLimit(.minutes(20)),
    .enabled(
        if: EngineTools.trainer != nil,
        "needs a python3 with torch, transformers, trl and peft; REPRISE_ENGINES_PYTHON names it"))
struct RealAdapterTests {
    private let runs: TinyRuns

    init() async throws { runs = try await TinyRuns.shared.value }

    @Test("TRL trains an adapter, which travels as one and is to PEFT what the policy is")
    func oneIteration() async throws {
        let python = try #require(EngineTools.trainer)
        let directory = runs.directory("lora")
        let server = try await FakePolicyServer()
        let outcome = try await Binary.run(
            [
                "run", runs.configuration, "--directory", directory, "--set", "iterations=1", "--set", "data.train=8",
                "--set", "sampling.samplesPerPrompt=4", "--set", "sampling.promptsPerTask=4", "--set",
                "sampling.maxNewTokens=32", "--set", "evaluation.maxNewTokens=32", "--set", "cluster.leaseSeconds=10",
                "--set",
                """
                engines.sampler={kind: vllm, writes: adapter, directory: '\(directory)-policies', \
                endpoint: {url: '\(server.url)', model: '{policy}'}}
                """, "--set",
                """
                engines.learner={kind: command, command: [\(python), \
                \(EngineTools.file("cluster/python/learner_trl.py")), --lora-rank, '4']}
                """,
            ], seconds: 900)
        #expect(outcome.status == 0, "\(outcome.error)\(RunLog(directory: directory).text("learner-1").suffix(2000))")
        let shelf = try #require(server.loads.last)
        let adapter = try LowRankAdapter.load(directory: shelf)
        #expect(adapter.rank == 4 && adapter.changes.count > 6)
        let version = try #require(shelf.split(separator: "-").dropLast().last)
        let base = runs.path + "/base"
        let delta = try await Binary.run([
            "query", directory, "select delta from policies where version = \(version)",
        ])
        let blob = try #require(delta.lines.last).trimmingCharacters(in: .whitespaces)
        let applied = try await Binary.run(
            ["delta", "apply", base, "\(directory)/blobs/\(blob)", "-o", directory + "-policy"])
        #expect(applied.status == 0, "\(applied.error)")
        let compared = try await Binary.shell(
            [python, "-c", Self.comparison, base, shelf, directory + "-policy"].map { "'\($0)'" }
                .joined(separator: " "))
        let differences = compared.output.split(separator: " ").compactMap {
            Double($0.trimmingCharacters(in: .newlines))
        }
        try #require(differences.count == 2, "\(compared.output)\(compared.error)")
        #expect(differences[1] > 0 && differences[0] < differences[1] / 20, "\(differences)")
    }

    /// How far logits of base and adapter are from the policy's, and how far the base's are.
    private static let comparison = """
        import sys, torch
        from peft import PeftModel
        from transformers import AutoModelForCausalLM
        base, adapter, policy = [str(path) for path in sys.argv[1:]]
        def load(path):
            return AutoModelForCausalLM.from_pretrained(path, dtype=torch.float32)
        ids = torch.arange(5, 60)[None]
        with torch.no_grad():
            plain, whole = load(base)(ids).logits, load(policy)(ids).logits
            served = PeftModel.from_pretrained(load(base), adapter)(ids).logits
        print((served - whole).abs().max().item(), (plain - whole).abs().max().item())
        """
}
