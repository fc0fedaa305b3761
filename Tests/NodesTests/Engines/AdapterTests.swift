import Configuration
import Digests
import FakeEndpoint
import Foundation
import RolloutCore
import RunStore
import Testing

@testable import Checkpoints
@testable import Nodes

/// Whole clusters whose learner trains LoRA adapters, and whose server is given these.
@Suite(.serialized, .timeLimit(.minutes(5)))
struct AdapterTests {
    private let run: TinyRun
    private let adapter: LowRankAdapter

    init() throws {
        run = try TinyRun()
        var changes: [String: LowRankChange] = [:]
        for tensor in run.base.checkpoint.tensors where tensor.name.contains("q_proj") || tensor.name.contains("down_")
        {
            let (rows, columns) = (tensor.shape[0], tensor.shape[1])
            changes[tensor.name] = try LowRankChange(
                rank: 2, rows: rows, columns: columns, up: (0..<rows * 2).map { Float($0 % 7) / 64 },
                down: (0..<columns * 2).map { Float($0 % 5) / 64 })
        }
        adapter = LowRankAdapter(changes)
    }

    /// A program that leaves the base with an adapter once or twice added to it, and that adapter.
    private func program(times: Int = 1, _ adapter: LowRankAdapter? = nil) throws -> String {
        let left = run.path + "/left-\(times)"
        var weights = run.base.checkpoint
        for _ in 0..<times {
            weights = try weights.with(
                tensors: try weights.tensors.map { tensor in
                    guard let change = self.adapter.changes[tensor.name] else { return tensor }
                    return try Tensor(
                        name: tensor.name, shape: tensor.shape, floats: change.added(to: tensor.floats),
                        as: tensor.elementType)
                })
        }
        try weights.save(directory: left)
        try (adapter ?? self.adapter).save(directory: left + "/adapter")
        return #"cp -r "\#(left)" "$2"; echo '{"step": 1, "steps": 1, "loss": 0.5, "tokens": 9}'"#
    }

    private func configuration(
        _ script: String, _ server: FakePolicyServer? = nil, _ change: (inout RunConfiguration) -> Void = { _ in }
    ) -> RunConfiguration {
        run.configuration {
            $0.engines.learner.kind = .command
            $0.engines.learner.command = ["/bin/sh", "-c", script, "train"]
            if let server {
                $0.engines.sampler.kind = .vllm
                $0.engines.sampler.writes = .adapter
                $0.engines.sampler.endpoint.url = server.url
                $0.engines.sampler.endpoint.model = "{policy}"
                $0.engines.sampler.endpoint.attempts = 3
                $0.engines.sampler.directory = "\(run.path)/policies"
                $0.engines.sampler.reloadSeconds = 20
            }
            change(&$0)
        }
    }

    private func delta(_ version: Int, _ finished: TinyCluster.Finished) throws -> WeightDelta {
        let rows = try RunReader(finished.directory).query("select delta from policies where version = \(version)").rows
        guard case .text(let text)? = rows.first?.first else { throw CheckpointError("no policy \(version)") }
        let bytes = try Data(contentsOf: URL(filePath: "\(finished.directory.path)/blobs/\(text)"))
        return try WeightDelta(bytes: Array(bytes))
    }

    @Test("What the program trained travels as its adapter, and the server draws from that")
    func wholeRun() async throws {
        let server = try await FakePolicyServer()
        let finished = try await TinyCluster(run: run, configuration: configuration(try program(), server), samplers: 2)
            .finish("adapters")
        guard case .finished = finished.ending else {
            Issue.record("ended as \(finished.ending)")
            return
        }
        #expect(try delta(1, finished).adapter(over: run.base.checkpoint) == adapter)
        let loaded = server.loads.map { String(URL(filePath: $0).lastPathComponent.prefix(9)) }
        #expect(loaded == ["policy-0-", "policy-1-", "policy-2-"])
        #expect(!server.drawn.contains("default") && Set(server.drawn).count == 3)
        let kept = try LowRankAdapter.load(directory: try #require(server.loads.last))
        #expect(kept == adapter)
    }

    @Test("An adapter over a policy that is one itself is one over the base, of both ranks")
    func fromThePrevious() async throws {
        let (first, second) = (try program(), try program(times: 2))
        let script = #"if [ -e "$0" ]; then "# + second + #"; else touch "$0"; "# + first + "; fi"
        let configuration = configuration(script) {
            $0.run.iterations = 1
            $0.startsFrom = .previous
            $0.engines.learner.command = ["/bin/sh", "-c", script, run.path + "/flag"]
        }
        let finished = try await TinyCluster(run: run, configuration: configuration).finish("previous")
        guard case .finished = finished.ending else {
            Issue.record("ended as \(finished.ending)")
            return
        }
        let both = try delta(1, finished).adapter(over: run.base.checkpoint)
        #expect(both == (try adapter.followed(by: adapter)) && both.rank == 4)
    }

    @Test("A policy that is no adapter, and an adapter that is not the policy's, stop the run with a sentence")
    func refusals() async throws {
        let server = try await FakePolicyServer()
        let whole = try program() + #"; rm -r "$2/adapter""#
        for (script, server, words) in [
            (whole, server, "is no LoRA adapter over the base: Tensor model.layers.0."),
            (try program(times: 2), nil, "is not the base's and what the adapter adds to it"),
            (try program(times: 1, try LowRankAdapter(nothingOver: run.base.checkpoint)), nil, "is not the base's"),
        ] as [(String, FakePolicyServer?, String)] {
            let finished = try await TinyCluster(run: run, configuration: configuration(script, server))
                .finish("refused-\(UUID().uuidString)")
            guard case .halted(let halt) = finished.ending else {
                Issue.record("ended as \(finished.ending)")
                continue
            }
            #expect("\(halt)".contains(words), "\(halt)")
        }
    }
}
