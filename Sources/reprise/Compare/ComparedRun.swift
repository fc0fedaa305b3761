import Configuration
import Digests
import Nodes
import Personalization
import RolloutCore

/// One run of a comparison: a system under one seed.
struct ComparedRun {
    /// What the system is called in tables: its mode, or the name of its configuration.
    let system: String
    let configuration: RunConfiguration
    /// The run's identity before it is run: what is learned, from which data and base.
    let digest: Digest
    /// What every policy is evaluated on, and how.
    let evaluated: Digest
    /// What it will do.
    let plan: [String]
    /// What was loaded, cut and left out.
    let summary: [String]

    var seed: UInt64 { configuration.run.seed }
    /// The folder in the comparison's directory: equal runs have equal ones.
    var folder: String { "\(system)-seed\(seed)-\(digest.short)" }

    /// Prepares the run, so that whatever is wrong with its data or base is found now.
    init(system: String, configuration: RunConfiguration) throws {
        self.system = system
        self.configuration = configuration
        let prepared = try PreparedRun(configuration, base: BaseModel(directory: configuration.model.base))
        digest = prepared.plan.run
        var evaluated = DigestBuilder("reprise.evaluated.v1")
        evaluated.add(configuration.reward.name)
        for decoding in configuration.evaluation.decodings { evaluated.add(decoding.description) }
        for split in prepared.plan.evaluatedSplits {
            evaluated.add(Int(split.rawValue))
            for prompt in prepared.prompts[split] ?? [] {
                evaluated.add(prompt.example.task.rawValue)
                evaluated.add(prompt.example.id)
                evaluated.add(prompt.example.output)
            }
        }
        self.evaluated = evaluated.finish()
        plan = PlanDescription(prepared, configuration).lines
        summary = prepared.summary
    }
}

extension ComparedRun {
    /// Every run of the files: each file by itself, with each of its modes and seeds; seed by seed, so that a comparison that
    /// is cut short has compared something.
    ///
    /// - Throws: `Failure` when two systems cannot be told apart, or are not evaluated on the same.
    static func all(files: [String], assignments: [String]) throws -> [ComparedRun] {
        var runs: [ComparedRun] = []
        for file in files {
            let configurations = try RunPreparations.configurations(files: [file], assignments: assignments)
            let hasModes = Set(configurations.map(\.run.mode.rawValue)).count > 1
            for configuration in configurations {
                let mode = configuration.run.mode.rawValue
                let name = configuration.run.name
                runs.append(
                    try ComparedRun(
                        system: files.count == 1 && hasModes ? mode : hasModes ? "\(name)-\(mode)" : name,
                        configuration: configuration))
            }
        }
        let seeds = runs.map(\.seed).reduce(into: [UInt64]()) { if !$0.contains($1) { $0.append($1) } }
        runs = seeds.flatMap { seed in runs.filter { $0.seed == seed } }
        try check(runs)
        return runs
    }

    private static func check(_ runs: [ComparedRun]) throws {
        for (index, run) in runs.enumerated() {
            for other in runs[..<index] where other.seed == run.seed {
                if other.system == run.system {
                    throw Failure(
                        .configuration,
                        "two of the configurations are called \(run.system): give each a run.name of its own")
                }
                if other.evaluated != run.evaluated {
                    throw Failure(
                        .configuration,
                        """
                        \(other.system) and \(run.system) cannot be compared: reward, evaluation.decodings and the rows of \
                        validation and test must be the same
                        """)
                }
            }
        }
        guard runs.allSatisfy({ !$0.configuration.evaluation.splits.isEmpty }) else {
            throw Failure(
                .configuration, "a comparison compares evaluations: name validation or test in evaluation.splits")
        }
    }
}
