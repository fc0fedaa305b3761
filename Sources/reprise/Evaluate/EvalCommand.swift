import ArgumentParser
import Configuration
import Files
import Foundation
import JSONLines
import Logging
import Nodes
import Reports
import RolloutCore
import RunStore

/// `reprise eval`: what policies are worth on a split.
struct EvalCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "eval", abstract: "Evaluate policies on a split, and test whether they differ.",
        discussion: """
            A policy is the best one of a run, named by the run's directory, or any Llama-type model in the Hugging Face layout. \
            Prompts, reward and decodings are those of --config, or of the first run; a run's policy under its own \
            configuration writes again what it wrote in the run, unless a server drew there: here this program draws. \
            Policies are tested against the first (paired t-test, Holm).

            Decodings are written as in configurations, greedy or {temperature: T, topP: P, samples: N}; nucleus-0.1 is short for \
            {temperature: 0.1, topP: 0.9}. With several samples best-of-k and the majority are shown, and pass@k with --pass.

            --shuffle-profiles P evaluates every policy once more with P % of the prompts carrying another user's profile, and \
            tests the difference: a system that loses nothing has learned nothing personal.

            Examples:
              reprise eval runs/demo
              reprise eval runs/one runs/other base --decoding greedy \\
                --decoding nucleus-0.1 --output rows.jsonl
              reprise eval model --config cluster/runs/longlamp.yaml \\
                --data data/longlamp --split validation
              reprise eval runs/demo --decoding '{temperature: 0.8, samples: 8}' \\
                --pass 0.5 --shuffle-profiles 100
            """)

    @Argument(help: "Directories of runs or of models.") var policies: [String]
    @Option(help: "Configuration files, later ones win; the first run's configuration unless given.")
    var config: [String] = []
    @Option(help: ArgumentHelp("Change one setting.", valueName: "key=value")) var set: [String] = []
    @Option(help: ArgumentHelp("The data; the configuration's unless given.", valueName: "directory"))
    var data: String?
    @Option(help: "Whose rows, validation or test; test unless said.") var split: Split?
    @Option(help: "How outputs are drawn; the configuration's evaluation.decodings unless given.")
    var decoding: [String] = []
    @Option(help: ArgumentHelp("Evaluate with so many per cent of profiles shuffled as well.", valueName: "percent"))
    var shuffleProfiles: Double?
    @Option(help: ArgumentHelp("The reward from which an answer passes.", valueName: "reward")) var pass: Double?
    @Option(help: "Threads; never change the result.") var threads = ProcessInfo.processInfo.activeProcessorCount
    @Option(name: .shortAndLong, help: ArgumentHelp("Write every prompt's outputs and rewards there, as JSON Lines."))
    var output: String?

    func validate() throws {
        if policies.isEmpty { throw ValidationError("Give the directory of a run or of a model.") }
        if split == .train { throw ValidationError("--split is validation or test: training rows are no test.") }
        if let shuffleProfiles, !(shuffleProfiles > 0 && shuffleProfiles <= 100) {
            throw ValidationError("--shuffle-profiles is a percentage above 0, at most 100.")
        }
        try OptionRange.check(OptionRange.threads, ("threads", threads))
        if let pass, !pass.isFinite { throw ValidationError("--pass is a reward, such as 0.5.") }
    }

    func run() async throws {
        LogFormat.human.bootstrap()
        if let output { try Output.check(file: output) }
        let found = try policies.map { try EvaluatedPolicy($0) }
        let configuration = try resolved(found)
        var results: [PolicyResults] = []
        let evaluator = try PolicyEvaluator(configuration, logger: Logger(label: "eval"))
        if let server = configuration.engines.sampler.name {
            let note = "note: this program draws here; the run's samples are \(server)'s\n"
            try? FileHandle.standardError.write(contentsOf: Data(note.utf8))
        }
        for policy in EvaluatedPolicy.named(found) {
            results.append(try evaluate(policy, evaluator, configuration, shuffled: 0))
            if let shuffleProfiles {
                results.append(try evaluate(policy, evaluator, configuration, shuffled: shuffleProfiles))
            }
        }
        if let output {
            let rows = results.flatMap { $0.rows(configuration) }.map { JSON.object($0).serialized() + "\n" }
            try Output.writing { try FileReplacement.write(Array(rows.joined().utf8), to: output) }
        }
        for table in PolicyTables(results, configuration, passing: pass).tables {
            print(([table.caption] + Table(table).lines + [""]).joined(separator: "\n"))
        }
        print(PolicyTables.note)
    }

    private func evaluate(
        _ policy: EvaluatedPolicy, _ evaluator: PolicyEvaluator, _ configuration: RunConfiguration, shuffled: Double
    ) throws -> PolicyResults {
        var configuration = configuration
        if shuffled > 0 { configuration.data.shuffleProfiles = shuffled / 100 }
        let name = policy.name + (shuffled > 0 ? ", \(Format.number(shuffled, digits: 0)) % shuffled" : "")
        let model = try policy.load()
        let screen = SearchScreen()
        let prepared = try PreparedSplit(
            split ?? .test, configuration, base: model, progress: screen.show)
        screen.end()
        let outputs = try configuration.evaluation.decodings.enumerated().map { index, decoding in
            let meter = Meter(title: name, unit: "outputs", total: prepared.prompts.count * decoding.samples)
            defer { meter.end() }
            return try evaluator.outputs(
                of: model, version: policy.version, on: prepared, decoding: index, threads: threads
            ) { meter.add($0, tokens: $1) }
        }
        return PolicyResults(
            policy: policy.name, name: name, isShuffled: shuffled > 0, split: prepared, outputs: outputs)
    }

    /// The configuration with what the options change.
    private func resolved(_ policies: [EvaluatedPolicy]) throws -> RunConfiguration {
        var files = config
        if files.isEmpty {
            guard let run = policies.compactMap(\.run).first else {
                throw Failure(
                    .usage, "a model alone says nothing of prompts and reward: name a configuration with --config")
            }
            files = [run.configurationFile]
        }
        var assignments = ["evaluation.splits=[\(split ?? .test)]"]
        if !decoding.isEmpty {
            let words = decoding.map { $0 == "nucleus-0.1" ? "{temperature: 0.1, topP: 0.9}" : $0 }
            assignments.append("evaluation.decodings=[\(words.joined(separator: ", "))]")
        }
        var configuration = try RunPreparations.configuration(files: files, assignments: assignments + set)
        if let data { configuration.data.directory = URL(filePath: data).standardizedFileURL.path }
        try configuration.reward.check()
        return configuration
    }
}
