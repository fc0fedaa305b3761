import Checkpoints
public import Configuration
import Digests
import Files
import Foundation
public import Logging
import RolloutCore
public import RunStore
public import Transport
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
    ///   - security: of the connections; unless said, none, and only this machine can reach the coordinator.
    ///   - pulse: a file whose time of modification is renewed every second.
    ///   - parent: stops the coordinator when this process is gone.
    ///   - desk: who makes pages for those that look at the run from elsewhere.
    ///   - linger: how long nodes that come after the end are told that it is over.
    /// - Throws: one sentence about the directory, configuration, data, base or port that cannot be used.
    public static func run(
        in place: Place, configuration: RunConfiguration, endpoint: String? = nil,
        security: RouterSecurity = .plainLoopback, pulse: String? = nil, parent: Int32? = nil,
        desk: PageDesk? = nil, linger: Duration = .zero, logger: Logger
    ) async throws -> CoordinatorService.Ending {
        let held: RunLock? = if case .existing(let directory) = place { try directory.lock() } else { nil }
        if case .existing(let directory) = place { try directory.refuseLostJournal() }
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
            loop: loop, endpoint: endpoint ?? configuration.cluster.endpoint, security: security)
        let beat = try pulse.map { try Pulse(path: $0) }
        let directory =
            switch place {
            case .existing(let directory): directory
            case .new(let path): try RunDirectory.create(path, configuration: configuration.yaml)
            }
        let archive = try CheckpointArchive.pack(base.checkpoint)
        try directory.blobs.put(archive)
        let journal = try Journal(holding: try held ?? directory.lock())
        try journal.begin(
            RunInfo(
                digest: prepared.plan.run, name: configuration.run.name, mode: configuration.run.mode.rawValue,
                reward: configuration.reward.name, configuration: configuration.yaml, baseArchive: Digest.of(archive),
                decodings: configuration.evaluation.decodings.map(\.description)),
            plan: prepared.plan, prompts: prepared.promptRows)
        if let model = prepared.rationales?.model { try directory.blobs.put(model.archive) }
        var workbook = Workbook(prepared, configuration, stopTokens: base.stopTokens, store: journal)
        let coordinator = try recover(
            journal, &workbook, prepared, configuration,
            BaseManifest(weights: base.weightsDigest, blob: BlobManifest(of: archive)), directory, logger)
        // Every line says whose it is.
        var logger = logger
        logger[metadataKey: "run"] = "\(prepared.plan.run.short)"
        logger[metadataKey: "term"] = "\(coordinator.term.rawValue)"
        let service = CoordinatorService(
            transport: transport, coordinator: coordinator, workbook: workbook, journal: journal,
            blobs: directory.blobs,
            live: LiveView(traffic: { transport.assumeIsolated { $0.counters } }),
            door: Door(transport, security.keyGuard), desk: desk, pulse: beat,
            staysOpen: linger > .zero, logger: logger)
        let termination = Termination(parent: parent) { Task { await service.drain() } }
        let hangup = security.keyGuard.map { _ in Hangup { Task { await service.reloadKeys() } } }
        defer { withExtendedLifetime((termination, hangup)) {} }
        logger.notice(
            "listening",
            metadata: [
                "endpoint": "\(transport.endpoint)", "run": "\(prepared.plan.run.short)",
                "term": "\(coordinator.term.rawValue)",
            ])
        if let count = security.keyGuard?.count {
            let keys = count.counted("key of a node is", plural: "keys of nodes are")
            logger.notice("encrypted; \(keys) admitted")
        }
        try directory.write(transport.endpoint + "\n", to: "endpoint")
        let ending = try await service.run()
        if case .finished(let outcome) = ending {
            for policy in await service.policies where policy.version == outcome.bestPolicy {
                try BestPolicy(directory: directory, base: base).save(policy)
            }
        }
        if linger > .zero, ending != .drained {
            logger.notice("nodes that come late are told that it is over, for \(linger.components.seconds) s")
            await service.linger(for: linger)
        }
        try journal.close()
        return ending
    }

    /// The coordinator as its journal left it, in a new term, with what the disk lost put right.
    private static func recover(
        _ journal: Journal, _ workbook: inout Workbook, _ prepared: PreparedRun, _ configuration: RunConfiguration,
        _ base: BaseManifest, _ directory: RunDirectory, _ logger: Logger
    ) throws -> Coordinator {
        let term = try journal.nextTerm()
        if let original = term.original {
            logger.warning(
                "\(directory.path) is not where it was (\(original)): going on as a copy, in term \(term.number)")
        }
        var random = SystemRandomNumberGenerator()
        var coordinator = try Coordinator(
            plan: prepared.plan, term: Term(rawValue: term.number), timers: configuration.cluster.timers, base: base,
            softwareVersion: Software.version, numericFingerprint: Software.numericFingerprint(), seed: random.next(),
            suspicionLimit: configuration.cluster.quarantineAfter)
        var results = 0
        try journal.recover { record in
            try coordinator.recover(record)
            workbook.note(record)
            if case .accepted = record { results += 1 }
        }
        if results > 0 { logger.notice("going on with \(results.counted("result")) on disk") }
        for line in try Repairs(directory: directory, workbook: workbook).make(&coordinator) {
            logger.warning("\(line)")
        }
        return coordinator
    }

    /// Looks whether a coordinator could listen there.
    ///
    /// - Throws: `TransportError` when it could not.
    public static func check(endpoint: String, security: RouterSecurity = .plainLoopback) async throws {
        let transport = try RouterTransport(
            loop: try PollLoop(name: "check"), endpoint: endpoint, security: security)
        await transport.close(linger: .zero)
    }
}

extension RunConfiguration.Cluster {
    fileprivate var timers: Timers {
        var timers = Timers()
        timers.lease = .seconds(leaseSeconds)
        timers.heartbeat = .seconds(heartbeatSeconds)
        // A node that is cut off stops before its leases end.
        timers.silenceStop = timers.lease * 0.6
        timers.silenceExit = .seconds(silenceExitSeconds)
        return timers
    }
}
