public import Configuration
public import Endpoints
import Files
import Foundation
public import Logging
public import RolloutCore
import Synchronization
public import Transport
import ZeroMQ

/// One node as a process: `reprise sampler`, `scorer` or `learner`.
public enum NodeProcess {
    /// How a node is started.
    public struct Options: Sendable {
        /// What it does.
        public var role: Role
        /// The coordinator's endpoint, for example `tcp://10.0.0.1:5555`.
        public var endpoint: String
        /// How the connection is protected.
        public var security = DealerSecurity.plainLoopback
        /// A file whose time of modification is renewed every second while the node is a member.
        public var pulse: String?
        /// How long it looks for a coordinator before it gives up; nil is for ever.
        public var patience: Duration?
        /// Its name; unique among nodes of its role.
        public var name: String
        /// Tasks at the same time.
        public var slots: Int
        /// Threads of a learner.
        public var threads: Int
        /// A local copy of the base, in the Hugging Face layout; pulled from the coordinator when nil.
        public var base: String?
        /// Of a scorer: the run's reward, where that is more than the metrics of this software.
        public var reward: RunConfiguration.Reward?
        /// Of a sampler: who writes reasoning paths, where that is an endpoint. No message tells a node what to connect to.
        public var rationale: RunConfiguration.Rationale?
        /// Of a sampler or learner: the programs outside that do its work, where there are such.
        public var engines: RunConfiguration.Engines
        /// Where answers of endpoints are kept; nil keeps none.
        public var answers: String?
        /// Where a learner keeps finished trainings and looks for equal ones; nowhere when nil.
        public var trainingCache: String?
        /// Stops the node when this process is gone.
        public var parent: Int32?
        /// Where a learner keeps what it has not finished; nil keeps nothing.
        public var checkpoints: Checkpoints?

        /// Options of a node.
        public init(
            role: Role, endpoint: String, name: String, slots: Int = 1, threads: Int = 1, base: String? = nil,
            reward: RunConfiguration.Reward? = nil, rationale: RunConfiguration.Rationale? = nil,
            engines: RunConfiguration.Engines = RunConfiguration.Engines(), answers: String? = nil,
            trainingCache: String? = nil, parent: Int32? = nil, checkpoints: Checkpoints? = nil
        ) {
            self.role = role
            self.endpoint = endpoint
            self.name = name
            self.slots = slots
            self.threads = threads
            self.base = base
            self.reward = reward
            self.rationale = rationale
            self.engines = engines
            self.answers = answers
            self.trainingCache = trainingCache
            self.parent = parent
            self.checkpoints = checkpoints
        }

        /// The server that samples in place of this node, where it is a sampler and there is one.
        var server: RunConfiguration.SamplerEngine? {
            role == .sampler && engines.sampler.name != nil ? engines.sampler : nil
        }

        /// What Hello says does the work in place of this software; empty for nothing.
        var engine: String {
            switch role {
            case .sampler: engines.sampler.name ?? ""
            case .learner: engines.learner.name ?? ""
            case .scorer: ""
            }
        }

        /// The server this role asks for texts and scores, where it asks one.
        var outside: RunConfiguration.Endpoint? {
            switch role {
            case .sampler: rationale.flatMap { $0.source == .endpoint ? $0.endpoint : nil }
            case .scorer: reward.flatMap { $0.source == .judge(.endpoint) ? $0.endpoint : nil }
            case .learner: nil
            }
        }
    }

    /// How a learner saves its optimiser.
    public struct Checkpoints: Sendable {
        /// A directory of this machine, or one that several share.
        public var directory: String
        /// Time between two saves.
        public var interval: Duration

        /// A place and an interval.
        public init(directory: String, interval: Duration) {
            self.directory = directory
            self.interval = interval
        }
    }

    /// Why a node ended, and who ended it.
    public struct Ending: Sendable {
        /// What the node itself says.
        public let reason: ExitReason
        /// Whether a signal to this process, or the end of its parent, was what made it leave.
        public let wasSignalled: Bool
    }

    /// Joins the cluster, works until told to stop, and says why it ended.
    ///
    /// - Throws: one sentence when the endpoint or the local base cannot be used.
    public static func run(_ options: Options, logger: Logger) async throws -> Ending {
        let base = try options.base.map { try BaseModel(directory: $0) }
        let client = options.outside.map { outside in
            EndpointClient(Endpoint(outside), cache: options.answers.map { AnswerCache(directory: $0) })
        }
        let server = options.server.map { engine in (engine, EndpointClient(Endpoint(engine.endpoint))) }
        defer {
            for client in [client, server?.1] {
                if let client { logger.notice("endpoint \(client.endpoint.model): \(client.usage)") }
            }
        }
        // The other roles get the run's configuration, too, and have no use for its reward.
        let told = options.role == .scorer ? options.reward : nil
        let rewards = try told.map { try ScorerRewards($0, judge: client, logger: logger) } ?? .builtIn(wordNet: nil)
        let loop = try PollLoop(name: options.name)
        let transport = try DealerTransport(
            loop: loop, endpoint: options.endpoint, security: options.security)
        let runner: any TaskRunner =
            switch options.role {
            case .sampler:
                SamplerRunner(
                    rationales: RationaleRunner(endpoint: client), server: server.map { ServerSampler($0, client: $1) })
            case .scorer: ScorerRunner(rewards)
            case .learner: learner(options)
            }
        var random = SystemRandomNumberGenerator()
        let service = try NodeService(
            transport: transport, runner: runner,
            hello: Hello(
                role: options.role, node: options.name, softwareVersion: Software.version,
                numericFingerprint: Software.numericFingerprint(), slots: UInt32(options.slots),
                // One task ahead of each slot, so that no slot waits for the network.
                credit: UInt32(options.role == .learner ? options.slots : options.slots * 2),
                reward: rewards.name, engine: options.engine),
            incarnation: Incarnation(rawValue: random.next()), seed: random.next(), patience: options.patience,
            base: base,
            pulse: try options.pulse.map { try Pulse(path: $0) }, logger: logger)
        logger.notice("looking for the coordinator", metadata: ["endpoint": "\(options.endpoint)"])
        let signals = Signals()
        let termination = Termination(parent: options.parent) {
            signals.count.add(1, ordering: .relaxed)
            Task { await service.drain() }
        }
        defer { withExtendedLifetime(termination) {} }
        let reason = await service.run()
        if reason.isClean { runner.tidy() }
        return Ending(reason: reason, wasSignalled: signals.count.load(ordering: .relaxed) > 0)
    }

    private static func learner(_ options: Options) -> any TaskRunner {
        guard options.engines.learner.kind == .reprise else {
            // What another program makes is never taken for what this one would.
            let directory = options.checkpoints?.directory ?? NSTemporaryDirectory() + "reprise-trainings"
            return CommandLearner(options.engines.learner, directory: directory)
        }
        return LearnerRunner(
            threads: options.threads,
            cache: options.trainingCache.map { TrainingCache(directory: $0, arithmetic: Software.arithmetic) },
            checkpoints: options.checkpoints.map {
                TrainingCheckpoints(directory: $0.directory, interval: $0.interval)
            })
    }

    private final class Signals: Sendable {
        let count = Atomic<Int>(0)
    }
}

extension Endpoint {
    /// The endpoint a configuration describes.
    public init(_ settings: RunConfiguration.Endpoint) {
        let hasPrice = settings.inputPrice > 0 || settings.outputPrice > 0
        self.init(
            url: settings.url, model: settings.model, keyFile: settings.keyFile.isEmpty ? nil : settings.keyFile,
            timeout: .seconds(settings.timeoutSeconds), concurrency: settings.concurrency,
            retries: RetrySchedule(attempts: settings.attempts, patience: .seconds(settings.patienceSeconds)),
            price: hasPrice ? TokenPrice(input: settings.inputPrice, output: settings.outputPrice) : nil)
    }
}
