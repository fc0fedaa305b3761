import Checkpoints
public import Configuration
import Digests
import Foundation
public import Logging
import RolloutCore
public import RunStore
import Transport
import ZeroMQ

/// The coordinator as a process: `reprise coordinator`.
public enum CoordinatorProcess {
    /// The run's place on disk.
    public enum Place: Sendable {
        /// A run to go on with, or to begin in a directory made for it.
        case existing(RunDirectory)
        /// A directory to make, when everything else is known to be usable.
        case new(path: String)
    }

    /// Opens the run, prepares it, recovers what its journal holds, and coordinates until the end.
    ///
    /// - Parameters:
    ///   - endpoint: where to listen; nil takes the configuration's.
    ///   - isInsecure: allow an address that other machines reach, without encryption or authentication.
    ///   - parent: stops the coordinator when this process is gone.
    /// - Throws: one sentence about the directory, configuration, data, base or port that cannot be used.
    public static func run(
        in place: Place, configuration: RunConfiguration, endpoint: String? = nil,
        isInsecure: Bool = false, parent: Int32? = nil,
        logger: Logger
    ) async throws -> CoordinatorService.Ending {
        let held: RunLock? = if case .existing(let directory) = place { try directory.lock() } else { nil }
        let base = try BaseModel(directory: configuration.model.base)
        let path =
            switch place {
            case .existing(let directory): directory.path
            case .new(let path): path
            }
        let searchLog = SearchLog(logger)
        let prepared = try PreparedRun(
            configuration, base: base, embeddings: PreparedRun.embeddings(besideRun: path), progress: searchLog.note)
        for line in prepared.summary { logger.info("\(line)") }
        // Bound early, so that a port in use leaves no directory behind; nothing is received before the term is on disk.
        let loop = try PollLoop(name: "coordinator")
        let transport = try RouterTransport(
            loop: loop, endpoint: endpoint ?? configuration.cluster.endpoint,
            security: isInsecure ? .plainInsecure : .plainLoopback)
        let directory =
            switch place {
            case .existing(let directory): directory
            case .new(let path): try RunDirectory.create(path, configuration: configuration.yaml)
            }
        let journal = try Journal(holding: try held ?? directory.lock())
        try journal.begin(
            RunInfo(
                digest: prepared.plan.run, name: configuration.run.name, mode: configuration.run.mode.rawValue,
                reward: configuration.reward.name, configuration: configuration.yaml,
                decodings: configuration.evaluation.decodings.map(\.description)),
            plan: prepared.plan, prompts: prepared.promptRows)
        var workbook = Workbook(prepared, configuration, stopTokens: base.stopTokens)
        let records = try journal.recover()
        for record in records { workbook.note(record) }
        let archive = try CheckpointArchive.pack(base.checkpoint)
        try directory.blobs.put(archive)
        if let model = prepared.rationales?.model { try directory.blobs.put(model.archive) }
        var random = SystemRandomNumberGenerator()
        let coordinator = try Coordinator(
            plan: prepared.plan, term: records.nextTerm, timers: configuration.cluster.timers,
            base: BaseManifest(weights: base.weightsDigest, blob: BlobManifest(of: archive)),
            softwareVersion: Software.version, numericFingerprint: Software.numericFingerprint(), seed: random.next(),
            recovered: records)
        let service = CoordinatorService(
            transport: transport, coordinator: coordinator, workbook: workbook, journal: journal,
            blobs: directory.blobs,
            live: LiveView(traffic: { transport.assumeIsolated { $0.counters } }), logger: logger)
        let termination = Termination(parent: parent) { Task { await service.drain() } }
        defer { withExtendedLifetime(termination) {} }
        logger.notice(
            "listening",
            metadata: [
                "endpoint": "\(transport.endpoint)", "run": "\(prepared.plan.run.short)",
                "term": "\(coordinator.term.rawValue)",
            ])
        try directory.write(transport.endpoint + "\n", to: "endpoint")
        let ending = try await service.run()
        if case .finished(let outcome) = ending {
            try saveBest(outcome, base: base, coordinator: journal.recover(), directory: directory)
        }
        return ending
    }

    /// Looks whether a coordinator could listen there.
    ///
    /// - Throws: `TransportError` when it could not.
    public static func check(endpoint: String) async throws {
        let transport = try RouterTransport(loop: try PollLoop(name: "check"), endpoint: endpoint)
        await transport.close(linger: .zero)
    }

    /// Writes the best policy as a Hugging Face directory that any other tool loads.
    private static func saveBest(
        _ outcome: Outcome, base: BaseModel, coordinator records: [Record], directory: RunDirectory
    ) throws {
        let path = "\(directory.checkpoints)/best"
        guard !FileManager.default.fileExists(atPath: path) else { return }
        for case .policyCommitted(let policy) in records where policy.version == outcome.bestPolicy {
            guard let delta = policy.delta else { return try base.checkpoint.save(directory: path) }
            try WeightDelta(bytes: directory.blobs.read(delta.digest)).apply(to: base.checkpoint).save(directory: path)
        }
    }
}

extension [Record] {
    /// One higher than any term before.
    fileprivate var nextTerm: Term {
        let last = reduce(UInt64(0)) { highest, record in
            if case .termStarted(let term) = record { Swift.max(highest, term.rawValue) } else { highest }
        }
        return Term(rawValue: last + 1)
    }
}

extension RunConfiguration.Cluster {
    fileprivate var timers: Timers {
        var timers = Timers()
        timers.lease = .seconds(leaseSeconds)
        timers.heartbeat = .seconds(heartbeatSeconds)
        // A node that is cut off stops before its leases end.
        timers.silenceStop = timers.lease * 0.6
        return timers
    }
}
