import ArgumentParser
import Configuration
import Foundation
import Logging
import Nodes
import RolloutCore
import Transport

/// What sampler, scorer and learner have in common.
struct NodeOptions: ParsableArguments {
    @Option(help: "The coordinator's endpoint, for example tcp://10.0.0.1:5555.") var connect: String
    @Option(help: "The node's name, unique in its role; host and process number unless said.") var name: String?
    @Option(help: "Seconds to look for the coordinator before giving up; 0 never gives up.") var patience = 3600.0
    @OptionGroup var keys: NodeKeys
    @OptionGroup var health: HealthOptions
    @OptionGroup var log: LogOptions
    @Option(help: "A copy of the base model on this machine; pulled from the coordinator otherwise.") var base: String?
    @Option(
        help: ArgumentHelp(
            "Stop when this parent process is gone, and tell it by the status who ended this one.", visibility: .hidden)
    )
    var supervised: Int32?

    func validate() throws {
        if !(0...1e9).contains(patience) { throw ValidationError("--patience is a number of seconds, or 0.") }
        try keys.check(name: name)
    }

    /// What a node may state of its slots.
    static func check(_ slots: Int) throws {
        if !(1...1024).contains(slots) { throw ValidationError("--slots is a number from 1 to 1024.") }
    }

    /// - Parameter settings: what no message tells a node: what it runs, and what it connects to.
    func run(
        _ role: Role, slots: Int = 1, threads: Int = 1, settings: NodeSettings = NodeSettings(),
        trainingCache: String? = nil, checkpoints: NodeProcess.Checkpoints? = nil
    ) async throws {
        log.logFormat.bootstrap()
        let name = name ?? "\(role)-\(ProcessInfo.processInfo.hostName)-\(getpid())"
        let logger = Logger(label: name)
        var options = NodeProcess.Options(
            role: role, endpoint: connect, name: name, slots: slots, threads: threads, base: base,
            reward: settings.configuration?.reward, rationale: settings.configuration?.rationale,
            engines: settings.configuration?.engines ?? RunConfiguration.Engines(), answers: settings.answers,
            trainingCache: trainingCache, parent: supervised,
            checkpoints: checkpoints)
        options.security = try keys.security(name: name)
        options.pulse = health.pulse
        options.patience = patience > 0 ? .seconds(patience) : nil
        let ending = try await NodeProcess.run(options, logger: logger)
        let reason = ending.reason
        logger.notice("\(reason)")
        // A supervisor replaces a node that somebody else ended.
        if supervised != nil, ending.wasSignalled { throw ExitCode(ExitStatus.drained.rawValue) }
        guard !reason.isClean else { return }
        if case .rejected = reason { throw Failure(.refused, "\(reason)") }
        throw Failure(.unavailable, "\(reason)")
    }
}

/// What a node is told on its own side of the wire.
struct NodeSettings {
    /// The run's configuration, where the node has it.
    var configuration: RunConfiguration?
    /// Where it keeps answers of endpoints: beside the configuration.
    var answers: String?

    /// Nothing.
    init() {}

    /// What a configuration file says.
    init(_ file: String?) throws {
        guard let file else { return }
        configuration = try RunPreparations.configuration(files: [file], assignments: [])
        answers = URL(filePath: file).deletingLastPathComponent().appending(path: "answers").path
    }
}

/// `reprise sampler`: turns prompts into trajectories.
struct SamplerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sampler", abstract: "Join a cluster as a sampler: turns prompts into trajectories.",
        discussion: """
            Example:
              reprise sampler --connect tcp://10.0.0.1:5555 --key sampler-1.key \\
                --server-key server.pub --slots 8
            """)

    @OptionGroup var node: NodeOptions
    @Option(help: "The run's configuration, where a server samples or writes the reasoning paths: says where it is.")
    var config: String?
    @Option(help: "Tasks at the same time, one thread each.") var slots = 1

    func validate() throws { try NodeOptions.check(slots) }

    func run() async throws { try await node.run(.sampler, slots: slots, settings: NodeSettings(config)) }
}

/// `reprise scorer`: turns answers into rewards.
struct ScorerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "scorer", abstract: "Join a cluster as a scorer: turns answers into rewards.",
        discussion: """
            Example:
              reprise scorer --connect tcp://10.0.0.1:5555 --key scorer-1.key \\
                --server-key server.pub

            A run whose reward is more than metrics, such as a program of yours, needs its configuration here too: no command \
            is ever taken from the network.
              reprise scorer --connect tcp://127.0.0.1:5555 --config run.yaml
            """)

    @OptionGroup var node: NodeOptions
    @Option(help: "Tasks at the same time, one thread each.") var slots = 1
    @Option(help: "The run's configuration, for its reward.") var config: String?

    func validate() throws { try NodeOptions.check(slots) }

    func run() async throws {
        try await node.run(.scorer, slots: slots, settings: NodeSettings(config))
    }
}

/// `reprise learner`: runs the M-step.
struct LearnerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "learner", abstract: "Join a cluster as its learner: fine-tunes on what was selected.",
        discussion: """
            The optimiser is saved from time to time, so that a learner that was killed goes on with the same bytes when it is \
            started again; in --checkpoints that several machines share, on any of them.

            Example:
              reprise learner --connect tcp://10.0.0.1:5555 --key learner.key \\
                --server-key server.pub --threads 8
            """)

    @OptionGroup var node: NodeOptions
    @Option(help: "The run's configuration, where a program of yours trains: says which.") var config: String?
    @Option(help: "Threads; never change the result.") var threads = 1
    @Option(help: ArgumentHelp("Keep trainings there, and take up equal ones of other runs.", valueName: "directory"))
    var cache: String?
    @Option(
        help: ArgumentHelp(
            "Where unfinished trainings are kept; $XDG_CACHE_HOME/reprise or ~/.cache/reprise unless said.",
            valueName: "directory"))
    var checkpoints: String?
    @Option(help: "Seconds between two saves of the optimiser; 0 saves none.") var checkpointSeconds = 30.0

    func validate() throws {
        try OptionRange.check(OptionRange.threads, ("threads", threads))
        try OptionRange.check(0...1e9, ("checkpoint-seconds", checkpointSeconds))
    }

    func run() async throws {
        let saved =
            checkpointSeconds == 0
            ? nil
            : NodeProcess.Checkpoints(directory: checkpoints ?? Self.place, interval: .seconds(checkpointSeconds))
        try await node.run(
            .learner, threads: threads, settings: NodeSettings(config), trainingCache: cache, checkpoints: saved)
    }

    /// Where a user's programs keep what they can make again (XDG Base Directory Specification).
    private static var place: String {
        let environment = ProcessInfo.processInfo.environment
        if let place = environment["XDG_CACHE_HOME"], place.hasPrefix("/") { return place + "/reprise" }
        return FileManager.default.homeDirectoryForCurrentUser.appending(path: ".cache/reprise").path
    }
}
