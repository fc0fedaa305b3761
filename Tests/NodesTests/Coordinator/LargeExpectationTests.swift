import Configuration
import Digests
import Foundation
import Personalization
import RolloutCore
import RunStore
import Testing

@testable import Nodes

/// An E-step of a hundred thousand trajectories, none of which is scored before all are sampled: the worst case for what a
/// coordinator has to remember. Takes a minute or two, so only when asked for.
@Suite(.timeLimit(.minutes(10)))
struct LargeExpectationTests {
    static let isAskedFor = ProcessInfo.processInfo.environment["REPRISE_MEASURE"] != nil

    private struct Node {
        let incarnation: Incarnation
        let session: SessionID
        let role: Role
        var sequence: UInt64 = 0
    }

    @Test("100,000 trajectories fit into a gibibyte", .enabled(if: isAskedFor, "asked for with REPRISE_MEASURE=1"))
    func memory() throws {
        let run = try TinyRun()
        let world = SyntheticWorld(seed: 2, size: SyntheticWorld.Size(train: 3200, validation: 1, test: 1))
        try world.write(to: run.path + "/large", compressed: false)
        let configuration = run.configuration {
            $0.data.directory = run.path + "/large"
            $0.data.train = 12_500
            $0.run.iterations = 1
            $0.sampling.samplesPerPrompt = 8
            $0.sampling.promptsPerTask = 4
            $0.evaluation.splits = []
        }
        let prepared = try PreparedRun(configuration, base: run.base)
        let directory = try RunDirectory.create(run.path + "/run", configuration: configuration.yaml)
        let journal = try Journal(holding: directory.lock())
        try journal.begin(
            RunInfo(
                digest: prepared.plan.run, name: "large", mode: "rest-em", reward: "rougeL", configuration: "",
                baseArchive: .zero),
            plan: prepared.plan, prompts: prepared.promptRows)
        var workbook = Workbook(prepared, configuration, stopTokens: run.base.stopTokens, store: journal)
        var coordinator = try Coordinator(
            plan: prepared.plan, term: Term(rawValue: 1), timers: Timers(),
            base: BaseManifest(weights: run.base.weightsDigest, blob: BlobManifest(of: [])), softwareVersion: "1",
            numericFingerprint: .zero, seed: 1)
        let before = try Self.peak()
        var queue = coordinator.start(at: now)
        var waiting: [(Node, Lease)] = []
        var nodes: [Role: Node] = [:]
        var trainingSet = 0
        for role in [Role.learner, .sampler] { queue += join(role, &nodes, &coordinator) }
        while trainingSet < 2 {
            while !queue.isEmpty {
                switch queue.removeFirst() {
                case .journal(let record, let durable):
                    workbook.note(record)
                    try journal.append(record, durable: durable)
                case .lease(_, let incarnation, let grant):
                    guard let node = nodes.values.first(where: { $0.incarnation == incarnation }),
                        let work = try workbook.work(for: grant.attempt.task, in: coordinator)
                    else { throw Missing() }
                    waiting.append(
                        (
                            node,
                            Lease(
                                attempt: grant.attempt, timeToLive: .seconds(9), inputDigest: grant.inputDigest,
                                work: work)
                        ))
                case .storeTrainingSet(let iteration):
                    let bytes = try #require(try workbook.trainingSet(iteration, in: coordinator))
                    trainingSet += 1
                    guard trainingSet < 2 else { continue }
                    queue += coordinator.handle(
                        .trainingSetStored(iteration: iteration, BlobManifest(of: bytes)), at: now)
                case .fetchPolicy(_, _, _, let policy): queue += coordinator.handle(.policyStored(policy), at: now)
                default: break
                }
            }
            guard trainingSet < 2 else { break }
            if waiting.isEmpty {
                // Everything is sampled: the scorer comes late.
                try #require(nodes[.scorer] == nil, "nothing is left to do")
                queue += join(.scorer, &nodes, &coordinator)
                continue
            }
            let (node, lease) = waiting.removeFirst()
            queue += send(.result(answer(lease)), from: node.role, &nodes, &coordinator)
            if waiting.isEmpty {
                let heartbeat = Heartbeat(held: [], credit: 64)
                queue += send(.heartbeat(heartbeat), from: node.role, &nodes, &coordinator)
            }
        }
        let peak = try Self.peak()
        print("100,000 trajectories: \(before) MiB before, \(peak) MiB at most")
        #expect(peak < 1024)
    }

    private struct Missing: Error {}
    private let now = Instant(sinceStart: .zero)

    private func join(
        _ role: Role, _ nodes: inout [Role: Node], _ coordinator: inout Coordinator
    ) -> [CoordinatorEffect] {
        let number = UInt64(role.rawValue)
        nodes[role] = Node(
            incarnation: Incarnation(rawValue: number), session: SessionID(rawValue: number), role: role)
        let hello = Hello(
            role: role, node: "\(role)", softwareVersion: "1", numericFingerprint: .zero, slots: 64, credit: 64)
        return send(.hello(hello), from: role, &nodes, &coordinator)
    }

    private func send(
        _ message: NodeMessage, from role: Role, _ nodes: inout [Role: Node], _ coordinator: inout Coordinator
    ) -> [CoordinatorEffect] {
        guard var node = nodes[role] else { return [] }
        node.sequence += 1
        nodes[role] = node
        let envelope = Envelope(
            run: coordinator.plan.run, term: coordinator.term, incarnation: node.incarnation, sequence: node.sequence,
            message: message)
        return coordinator.handle(.received(node.session, envelope), at: now)
    }

    /// Something of the size that a model would write.
    private func answer(_ lease: Lease) -> TaskResult {
        let output: TaskOutput
        switch lease.work {
        case .sample(let work):
            output = .sample(
                work.prompts.flatMap { prompt in
                    (0..<work.samplesPerPrompt).map { sample in
                        Trajectory(
                            id: TrajectoryID(prompt: prompt.index, sample: sample),
                            tokens: (0..<128).map { Int32($0) + Int32(sample) }, stop: .stopToken,
                            reasoning: String(repeating: "because ", count: 40),
                            answer: String(repeating: "an answer ", count: 30), logProbability: -100)
                    }
                })
        case .score(let work): output = .score(work.items.map { Score(id: $0.id, reward: 0.5) })
        case .train(let work):
            output = .train(
                TrainedPolicy(
                    policy: PolicyManifest(
                        version: work.iteration, base: work.start.base, weights: Digest.of("\(work.iteration)"),
                        delta: BlobManifest(of: [1])), steps: 1, examples: 1, tokens: 1, firstLoss: 1, lastLoss: 1,
                    density: 1, fullByteCount: 1))
        default: output = .score([])
        }
        return TaskResult(
            attempt: lease.attempt, inputDigest: lease.inputDigest, resultDigest: output.digest, output: output,
            computeTime: .seconds(1))
    }

    /// Most memory this process has had, in MiB.
    private static func peak() throws -> Int {
        let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
        let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") })
        return try #require(line.split(separator: " ").compactMap { Int($0) }.first) / 1024
    }
}
