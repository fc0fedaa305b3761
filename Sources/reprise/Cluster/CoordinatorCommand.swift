import ArgumentParser
import Configuration
import Foundation
import Logging
import Nodes
import RunStore
import Transport

/// `reprise coordinator`: one run's coordinator, for clusters whose nodes are started by hand.
struct CoordinatorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "coordinator", abstract: "Coordinate a run; nodes join with --connect.",
        discussion: """
            The directory is a new one with --config, or that of a run to go on with. The endpoint it listens on is written to \
            DIRECTORY/endpoint and logged.

            Example:
              reprise coordinator runs/rack --config cluster/runs/demo.yaml \\
                --endpoint tcp://127.0.0.1:5555
              reprise sampler --connect tcp://127.0.0.1:5555

            Where other machines can reach it, connections are encrypted, and only nodes whose key is on a list may join. The \
            list is read again when it changes, and on SIGHUP.
              reprise keys init keys && reprise keys add keys sampler-1
              reprise coordinator runs/rack --endpoint tcp://0.0.0.0:5555 --keys keys
            """)

    @Argument(help: "The run's directory.") var directory: String
    @Option(help: "Begin a new run with this configuration.") var config: [String] = []
    @Option(help: ArgumentHelp("Change one setting of a new run.", valueName: "key=value")) var set: [String] = []
    @Flag(help: "Go on where the directory holds a run already: the same command begins it and starts it again.")
    var resume = false
    @Option(help: "Where to listen; the configuration's endpoint unless said.") var endpoint: String?
    @OptionGroup var keys: CoordinatorKeys
    @OptionGroup var health: HealthOptions
    @OptionGroup var log: LogOptions
    @OptionGroup var metrics: MetricsOptions
    @Option(help: "Seconds after the run's end in which nodes that come late are told that it is over.")
    var linger = 10.0
    @Option(help: ArgumentHelp("Stop when this parent process is gone.", visibility: .hidden)) var supervised: Int32?

    func validate() throws {
        if !(0...86_400).contains(linger) { throw ValidationError("--linger is between 0 and 86400 seconds.") }
        if config.isEmpty, !set.isEmpty {
            throw ValidationError("--set changes a new run only: give --config, or leave out --set.")
        }
        try keys.check()
    }

    func run() async throws {
        log.logFormat.bootstrap()
        let logger = Logger(label: "coordinator")
        let place: CoordinatorProcess.Place
        let configuration: RunConfiguration
        if config.isEmpty || resume && RunDirectory.isRun(directory) {
            let run = try RunDirectory.open(directory)
            place = .existing(run)
            configuration = try RunPreparations.configuration(of: run)
        } else {
            if RunDirectory.isRun(directory) { throw Failure(.output, RunPreparations.occupied(directory)) }
            place = .new(path: directory)
            configuration = try RunPreparations.configuration(files: config, assignments: set)
        }
        let metrics = try await metrics.start(logger)
        defer { withExtendedLifetime(metrics) {} }
        let ending = try await CoordinatorProcess.run(
            in: place, configuration: configuration, endpoint: endpoint,
            security: try keys.security, pulse: health.pulse, parent: supervised,
            desk: RunPages(directory).desk, linger: .seconds(supervised == nil ? linger : 0), logger: logger)
        switch ending {
        case .finished:
            logger.notice("the run is finished")
            do {
                try RunDirectory.open(directory).writeReport()
            } catch {
                logger.warning("the report could not be written: \(error)")
            }
        case .halted(let halt): throw Failure(.halted, "\(halt)")
        case .drained:
            throw Failure(.drained, "stopped before the run was finished; go on with: \(again)")
        }
    }
}

extension CoordinatorCommand {
    /// What to type to go on.
    private var again: String { "reprise " + (supervised != nil ? "run --resume " : "coordinator ") + directory }
}

/// What `run` and `coordinator` do to a configuration before a run begins.
enum RunPreparations {
    /// Files from left to right, then assignments; paths made absolute, so that the run goes on from anywhere.
    static func configuration(files: [String], assignments: [String]) throws -> RunConfiguration {
        absolute(try reader(files, assignments).configuration())
    }

    /// The same, one for each of the modes and seeds that are named.
    static func configurations(files: [String], assignments: [String]) throws -> [RunConfiguration] {
        try reader(files, assignments).configurations().map(absolute)
    }

    private static func reader(_ files: [String], _ assignments: [String]) throws -> ConfigurationReader {
        var reader = ConfigurationReader()
        for file in files { try reader.add(file: file) }
        for assignment in assignments { try reader.add(assignment: assignment) }
        return reader
    }

    private static func absolute(_ configuration: RunConfiguration) -> RunConfiguration {
        var configuration = configuration
        configuration.data.directory = absolute(configuration.data.directory)
        configuration.model.base = absolute(configuration.model.base)
        configuration.personalization.dense.model = absolute(configuration.personalization.dense.model)
        return configuration
    }

    /// The configuration an existing run was begun with.
    static func configuration(of run: RunDirectory) throws -> RunConfiguration {
        var reader = ConfigurationReader()
        try reader.add(file: run.configurationFile)
        return try reader.configuration()
    }

    /// Why a new run cannot be kept there.
    static func occupied(_ path: String) -> String {
        "\(path) holds a run already; go on with it (reprise run --resume \(path)) or choose another directory"
    }

    private static func absolute(_ path: String) -> String {
        path.isEmpty ? path : URL(filePath: path).standardizedFileURL.path
    }
}
