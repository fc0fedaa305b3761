import Checkpoints
import FakeEndpoint
import Foundation
import RunStore
import Testing
import Tokenization
import Transformer

/// Runs whose samplers ask a real llama.cpp server.
@Suite(
    .serialized, .realClusters, .timeLimit(.minutes(20)),
    .enabled(
        if: EngineTools.python != nil,
        "needs a python3 with torch, transformers, xllamacpp and gguf; REPRISE_ENGINES_PYTHON names it"))
struct RealEnginesTests {
    private let runs: TinyRuns

    init() async throws { runs = try await TinyRuns.shared.value }

    /// One iteration with a server that is started anew for each policy.
    ///
    /// - Parameters:
    ///   - form: `checkpoint`, or `adapter` over the base.
    ///   - trainer: the script and its arguments.
    private func run(_ name: String, _ form: String, trainer: String) async throws -> String {
        let python = try #require(EngineTools.python)
        let directory = runs.directory(name)
        let serve = [
            EngineTools.file("cluster/python/serve.py"), "--state", directory + "-state", "--name", "test",
        ]
        let port = try SmallCluster.freePort()
        let command = (serve + ["--", python, EngineTools.file("Tests/llama_server.py")]).joined(separator: ", ")
        let base = form == "adapter" ? ", '\(runs.path)/base'" : ""
        let outcome = try await EngineTools.run(
            runs, directory,
            [
                """
                engines.sampler={kind: llama.cpp, endpoint: {url: 'http://127.0.0.1:\(port)/v1', model: '{policy}'}, \
                directory: '\(directory)-policies', reloadSeconds: 240, writes: \(form), \
                reloadCommand: [\(command), '{directory}', '{policy}', '\(port)'\(base)]}
                """,
                """
                engines.learner={kind: command, command: [\(python), \
                \(EngineTools.file("cluster/python/" + trainer))]}
                """,
            ])
        _ = try await Binary.shell(serve.map { "'\($0)'" }.joined(separator: " ") + " --stop")
        #expect(outcome.status == 0, "\(outcome.error)\(RunLog(directory: directory).text("sampler-1").suffix(2000))")
        let policies = try await Binary.run([
            "query", directory, "select count(*) from trainings where first_loss > last_loss",
        ])
        #expect(policies.lines.last?.filter { !$0.isWhitespace } != "0", "\(policies.output)\(policies.error)")
        #expect(try await Binary.run(["verify", directory]).status == 0)
        return directory
    }

    @Test("llama.cpp samples and PyTorch trains, for one iteration")
    func wholePolicies() async throws {
        let directory = try await run("real", "checkpoint", trainer: "learner_torch.py")
        try await compareProbabilities(directory)
    }

    @Test(
        "llama.cpp draws from the adapters that TRL trains",
        .enabled(if: EngineTools.trainer == EngineTools.python, "needs trl and peft as well"))
    func adapters() async throws {
        let directory = try await run("real-lora", "adapter", trainer: "learner_trl.py, --lora-rank, '4'")
        try await compareProbabilities(directory)
    }

    /// The server drew from the policy it was given: what it says of its tokens is what this software says of them.
    private func compareProbabilities(_ directory: String) async throws {
        let policy = try await EngineTools.policy(0, of: directory, base: runs.path + "/base")
        let tokenizer = try Tokenizer(json: try #require(policy.companion("tokenizer.json")), file: directory)
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
        let outcome = try await EngineTools.run(
            runs, directory,
            [
                """
                engines.sampler={kind: vllm, writes: adapter, directory: '\(directory)-policies', \
                endpoint: {url: '\(server.url)', model: '{policy}'}}
                """,
                """
                engines.learner={kind: command, command: [\(python), \
                \(EngineTools.file("cluster/python/learner_trl.py")), --lora-rank, '4']}
                """,
            ])
        #expect(outcome.status == 0, "\(outcome.error)\(RunLog(directory: directory).text("learner-1").suffix(2000))")
        let shelf = try #require(server.loads.last)
        let adapter = try LowRankAdapter.load(directory: shelf)
        #expect(adapter.rank == 4 && adapter.changes.count > 6)
        let version = try #require(shelf.split(separator: "-").dropLast().last.flatMap { Int($0) })
        let base = runs.path + "/base"
        try await EngineTools.policy(version, of: directory, base: base).save(directory: directory + "-policy")
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
