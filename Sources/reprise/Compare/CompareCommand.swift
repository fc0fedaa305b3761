import ArgumentParser
import Configuration
import Foundation
import Nodes
import RunStore

/// `reprise compare`: several modes, configurations and seeds one after another, and one table.
struct CompareCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare", abstract: "Run several modes or configurations, and compare them in one table.",
        discussion: """
            A configuration may name several modes and seeds; each is a run of its own. Several files are several systems, \
            called by their run.name. All are evaluated on the same prompts with the same reward, one after another on the \
            same local cluster. Trainings that runs have in common are done once. Ctrl-C drains; --resume goes on; given the \
            same directory again, equal runs that are finished are kept.

            Examples:
              reprise compare cluster/runs/compare.yaml
              reprise compare cluster/runs/demo.yaml \\
                --set 'modes=[sft, rest-em, rest-pg]' --set 'run.seeds=[1, 2, 3]'
              reprise compare one.yaml another.yaml --directory runs/ablation
              reprise compare --resume runs/ablation
            """)

    @Argument(help: "Configuration files, each a system; with --resume the directory of a comparison.")
    var files: [String]
    @Option(help: ArgumentHelp("Change one setting of all.", valueName: "key=value")) var set: [String] = []
    @Option(help: "Where to keep the comparison; runs/NAME of the first configuration unless said.")
    var directory: String?
    @OptionGroup var size: SizeOptions
    @Flag(help: "Print the plan of every run, and run nothing.") var dryRun = false
    @Flag(help: "Go on with a comparison that was stopped.") var resume = false

    func validate() throws {
        if files.isEmpty {
            throw ValidationError("Give configuration files, or --resume and a comparison's directory.")
        }
        if resume, files.count != 1 || !set.isEmpty || directory != nil {
            throw ValidationError("--resume takes the comparison's directory alone: its configurations are fixed.")
        }
    }

    func run() async throws {
        try size.check()
        let comparison: ComparisonDirectory
        if resume {
            comparison = try ComparisonDirectory.open(files[0])
            if dryRun { return print(comparison.entries.map(\.folder).joined(separator: "\n")) }
        } else {
            let runs = try ComparedRun.all(files: files, assignments: set)
            if dryRun { return show(runs) }
            let first = runs[0].configuration
            try await CoordinatorProcess.check(endpoint: first.cluster.endpoint)
            let fixed = first.run.directory.isEmpty ? "runs/\(first.run.name)" : first.run.directory
            comparison = try ComparisonDirectory.begin(directory ?? fixed, runs)
        }
        let halted = try await ComparisonLoop(comparison: comparison, size: size).run()
        for line in try ComparisonTable(comparison).lines { print(line) }
        print("\nruns  \(comparison.path)/…")
        do {
            print("report  \(try comparison.writeReport())")
        } catch {
            try? FileHandle.standardError.write(
                contentsOf: Data("note: the report could not be written: \(error)\n".utf8))
        }
        if !halted.isEmpty {
            throw Failure(.halted, "\(halted.count) of \(comparison.entries.count) runs stand still: \(halted[0])")
        }
    }

    private func show(_ runs: [ComparedRun]) {
        for run in runs {
            print("\(run.folder)")
            for line in run.plan { print("  " + line) }
        }
        // The rows are the same, or nearly, for all.
        print("data of \(runs[0].folder)")
        for line in runs[0].summary { print("  " + line) }
    }
}
