import Checkpoints
import Configuration
import Digests
import Endpoints
import Logging
import RolloutCore
import RunStore
import Transport
import Wire
import ZeroMQ

@testable import Nodes

/// A whole cluster in this process: the services of real nodes on loops of their own, over a network in memory on which
/// every message travels as a frame.
struct TinyCluster {
    let run: TinyRun
    let configuration: RunConfiguration
    var samplers = 1
    var slots = 1
    var holdsBase = false
    /// Told to the samplers.
    var rationaleEndpoint: Endpoint?
    var faults = InMemoryNetwork.Faults()
    /// Samplers of another build or machine that try to join before the others do.
    var strangers: [(name: String, version: String, fingerprint: Digest)] = []

    struct Finished {
        let ending: CoordinatorService.Ending
        let exits: [ExitReason]
        let directory: RunDirectory
        let prepared: PreparedRun

        var digest: Digest { get throws { try RunReader(directory).identity() } }
    }

    private var logger: Logger { Logger(label: "test") { _ in SwiftLogNoOpLogHandler() } }

    /// Runs to the end in a directory of that name.
    func finish(_ name: String) async throws -> Finished {
        let directory = try RunDirectory.create("\(run.path)/\(name)", configuration: configuration.yaml)
        let network = InMemoryNetwork(faults: faults, codec: WireCodec())
        let prepared = try PreparedRun(configuration, base: run.base)
        let service = try coordinator(on: network, in: directory, prepared)
        let nodes = try nodes(on: network)
        let outsiders = try strangers.map {
            try node(
                .sampler, $0.name, SamplerRunner(), slots: 1, on: network, version: $0.version,
                fingerprint: $0.fingerprint)
        }
        return try await withThrowingTaskGroup(of: ExitReason.self) { group in
            async let running = service.run()
            var exits: [ExitReason] = []
            // A run of a second would be over before a busy machine lets them ask.
            for stranger in outsiders { exits.append(await stranger.run()) }
            for node in nodes { group.addTask { await node.run() } }
            let ending = try await running
            // One whose Hellos were all lost has never heard of the run, and would look for it forever.
            for node in nodes { await node.drain() }
            for try await exit in group { exits.append(exit) }
            return Finished(ending: ending, exits: exits, directory: directory, prepared: prepared)
        }
    }

    private func coordinator(
        on network: InMemoryNetwork, in directory: RunDirectory, _ prepared: PreparedRun
    ) throws -> CoordinatorService {
        let journal = try Journal(holding: directory.lock())
        let archive = try CheckpointArchive.pack(run.base.checkpoint)
        try journal.begin(
            RunInfo(
                digest: prepared.plan.run, name: "tiny", mode: configuration.run.mode.rawValue,
                reward: configuration.reward.name, configuration: configuration.yaml, baseArchive: Digest.of(archive),
                decodings: configuration.evaluation.decodings.map(\.description)),
            plan: prepared.plan, prompts: prepared.promptRows)
        try directory.blobs.put(archive)
        if let model = prepared.rationales?.model { try directory.blobs.put(model.archive) }
        var timers = Timers()
        timers.heartbeat = .milliseconds(100)
        timers.lease = .milliseconds(800)
        timers.resend = .milliseconds(50)
        timers.resendMaximum = .milliseconds(200)
        let coordinator = try Coordinator(
            plan: prepared.plan, term: Term(rawValue: 1), timers: timers,
            base: BaseManifest(weights: run.base.weightsDigest, blob: BlobManifest(of: archive)),
            softwareVersion: "test", numericFingerprint: .zero, seed: 1)
        return CoordinatorService(
            transport: network.coordinator(on: try PollLoop(name: "coordinator")), coordinator: coordinator,
            workbook: Workbook(prepared, configuration, stopTokens: run.base.stopTokens, store: journal),
            journal: journal,
            blobs: directory.blobs, live: LiveView(traffic: { TransportCounters() }), logger: logger)
    }

    private func nodes(on network: InMemoryNetwork) throws -> [NodeService] {
        var nodes: [NodeService] = []
        for index in 1...samplers {
            let rationales = RationaleRunner(endpoint: rationaleEndpoint.map { EndpointClient($0) })
            let engine = configuration.engines.sampler
            let server = engine.name.map { _ in ServerSampler(engine, client: EndpointClient(Endpoint(engine.endpoint)))
            }
            nodes.append(
                try node(
                    .sampler, "sampler-\(index)", SamplerRunner(rationales: rationales, server: server), slots: slots,
                    on: network, engine: engine.name ?? ""))
        }
        nodes.append(try node(.scorer, "scorer", ScorerRunner(), slots: 1, on: network))
        let engine = configuration.engines.learner
        let learner: any TaskRunner =
            engine.name == nil
            ? LearnerRunner(threads: samplers) : CommandLearner(engine, directory: run.path + "/trainings")
        nodes.append(try node(.learner, "learner", learner, slots: 1, on: network, engine: engine.name ?? ""))
        return nodes
    }

    private func node(
        _ role: Role, _ name: String, _ runner: any TaskRunner, slots: Int, on network: InMemoryNetwork,
        version: String = "test", fingerprint: Digest = .zero, engine: String = ""
    ) throws -> NodeService {
        var random = SystemRandomNumberGenerator()
        return try NodeService(
            transport: network.node(on: try PollLoop(name: name)), runner: runner,
            hello: Hello(
                role: role, node: name, softwareVersion: version, numericFingerprint: fingerprint, slots: UInt32(slots),
                credit: UInt32(slots * 2), engine: engine),
            incarnation: Incarnation(rawValue: random.next()), seed: random.next(), patience: nil,
            base: holdsBase ? run.base : nil, logger: logger)
    }
}
