import ArgumentParser
import Chaos
import Configuration
import Digests
import Foundation
import Nodes
import RolloutCore
import RunStore

/// `reprise run`: a whole run on a local cluster of processes.
struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Run EM self-training on a cluster of processes on this machine.",
        discussion: """
            Starts a coordinator, samplers, scorers and a learner as processes of their own over loopback ZeroMQ, starts again \
            what dies, and shows progress. Ctrl-C drains; --resume goes on. More nodes can join while it runs, with \
            reprise sampler --connect and the address in DIRECTORY/endpoint.

            Examples:
              reprise run cluster/runs/demo.yaml
              reprise run cluster/runs/demo.yaml --samplers 4 \\
                --set sampling.samplesPerPrompt=16
              reprise run --resume runs/demo
              reprise run cluster/runs/demo.yaml --directory runs/storm \\
                --chaos cluster/chaos/storm.yaml --baseline runs/demo
            """)

    @Argument(help: "Configuration files, later ones win; with --resume the directory of a run.")
    var files: [String]
    @Option(help: ArgumentHelp("Change one setting.", valueName: "key=value")) var set: [String] = []
    @Option(help: "Where to keep the run; runs/NAME unless said.") var directory: String?
    @OptionGroup var size: SizeOptions
    @OptionGroup var chaos: ChaosOptions
    @Flag(help: "Print the resolved configuration and the plan, and run nothing.") var dryRun = false
    @Flag(help: "Go on with a run that was stopped.") var resume = false

    func validate() throws {
        if files.isEmpty { throw ValidationError("Give a configuration file, or --resume and a run's directory.") }
        if resume, files.count != 1 || !set.isEmpty || directory != nil {
            throw ValidationError("--resume takes the run's directory alone: its configuration is fixed.")
        }
    }

    func run() async throws {
        let (run, configuration) = resume ? try resumed() : (nil, try resolved())
        try size.check()
        let faults = try chaos.read()
        if dryRun { return try plan(configuration) }
        try chaos.baseline.map(Baseline.init)?.refuseItself(run?.path ?? path(configuration))
        if size.scorers != nil, configuration.reward.isExternal {
            throw Failure(.usage, "--scorers does nothing with reward.external: nodes of your own compute the reward")
        }
        let directory: RunDirectory
        if let run {
            // Another run of the same directory keeps its endpoint file and logs to itself.
            _ = try run.lock()
            // The cluster takes the old endpoint away, which is what shows that the run had begun.
            try run.refuseLostJournal()
            directory = run
            if let baseline = chaos.baseline.map(Baseline.init), !baseline.isMissing {
                _ = try baseline.result(for: RunReader(run).stated())
            }
        } else {
            directory = try await begin(faults == nil ? configuration : configuration.withoutQuarantine)
        }
        if configuration.reward.isExternal {
            let note =
                "the reward \(configuration.reward.name) is computed by nodes of your own: start them with the address in "
            try? FileHandle.standardError.write(contentsOf: Data((note + "\(directory.path)/endpoint\n").utf8))
        }
        let interrupts = Interrupts()
        defer { withExtendedLifetime(interrupts) {} }
        try await runBaseline(configuration, interrupts)
        let cluster = size.cluster(of: configuration, in: directory)
        let loop = RunLoop(
            cluster: cluster, directory: directory, interrupts: interrupts, chaos: faults.map(ChaosRun.init))
        let reader = try await loop.run()
        try show(reader, directory)
        try loop.chaos?.judge(reader, directory, baseline: chaos.baseline.map(Baseline.init))
    }

    /// Runs what this run is to be compared with, where there is none yet.
    private func runBaseline(_ configuration: RunConfiguration, _ interrupts: Interrupts) async throws {
        guard let baseline = chaos.baseline.map(Baseline.init), baseline.isMissing else { return }
        let directory = try RunDirectory.create(baseline.directory, configuration: configuration.yaml)
        let cluster = size.cluster(of: configuration, in: directory)
        let loop = RunLoop(
            cluster: cluster, directory: directory, interrupts: interrupts,
            heading: { ["without faults first, in \(baseline.directory)"] })
        _ = try await loop.run()
    }

    private func show(_ reader: RunReader, _ directory: RunDirectory) throws {
        for line in RunView(summary: try reader.summary()).lines { print(line) }
        let table = try ResultTable(reader)
        print("\n" + table.lines.joined(separator: "\n"))
        let tasks = table.taskLines
        if !tasks.isEmpty { print("\n" + tasks.joined(separator: "\n")) }
        print("\ndigest  \(try reader.identity())")
        print("best policy  \(directory.checkpoints)/best")
        let report = "\(directory.path)/\(ReportFormat.html.fileName)"
        let isThere = FileManager.default.fileExists(atPath: report)
        print("report  " + (isThere ? report : "not written: see \(directory.logs)/coordinator.log"))
    }

    private func resolved() throws -> RunConfiguration {
        try RunPreparations.configuration(files: files, assignments: set)
    }

    private func resumed() throws -> (RunDirectory?, RunConfiguration) {
        let run = try RunDirectory.open(files[0])
        return (run, try RunPreparations.configuration(of: run))
    }

    private func path(_ configuration: RunConfiguration) -> String {
        let fixed = configuration.run.directory
        return directory ?? (fixed.isEmpty ? "runs/\(configuration.run.name)" : fixed)
    }

    private func begin(_ configuration: RunConfiguration) async throws -> RunDirectory {
        let path = path(configuration)
        if RunDirectory.isRun(path) { throw Failure(.output, RunPreparations.occupied(path)) }
        // Everything that can be wrong with data, base and port is found before a directory is made.
        try configuration.reward.check()
        try configuration.engines.check()
        let screen = SearchScreen()
        let prepared = try PreparedRun(
            configuration, base: BaseModel(directory: configuration.model.base),
            embeddings: PreparedRun.embeddings(besideRun: path), progress: screen.show)
        screen.end()
        if let baseline = chaos.baseline.map(Baseline.init), !baseline.isMissing {
            _ = try baseline.result(for: prepared.plan.run.description)
        }
        try await CoordinatorProcess.check(endpoint: configuration.cluster.endpoint)
        return try RunDirectory.create(path, configuration: configuration.yaml)
    }

    private func plan(_ configuration: RunConfiguration) throws {
        let base = try BaseModel(directory: configuration.model.base)
        let screen = SearchScreen()
        let prepared = try PreparedRun(configuration, base: base, progress: screen.show)
        screen.end()
        print(configuration.yaml, terminator: "")
        print("\n# plan of run \(prepared.plan.run.short), base \(prepared.plan.base.short)")
        for line in PlanDescription(prepared, configuration).lines + prepared.summary { print("# " + line) }
    }
}
