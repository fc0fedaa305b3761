import ArgumentParser
import Foundation
import JSONLines
import Rewards

/// `reprise reward`: how close predictions are to references.
struct RewardCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reward",
        abstract: "Score predictions against references.",
        discussion: """
            Reads {"prediction": s, "reference": s} and adds "rewards": {"rougeL": 0.41, …}, F-measures from 0 to 1. The metrics \
            are rouge1, rouge2, rougeL (as rouge_score computes them, words stemmed by Porter's rules unless --no-stemmer) and \
            meteor-stem (METEOR with exact and stem matches; WordNet's synonyms are not used).

            Example:
              echo '{"prediction": "a cat sat", "reference": "the cat sat down"}' |
                reprise reward --metric rouge1,rougeL
            """)

    @Option(help: ArgumentHelp("Metrics, separated by commas.", valueName: "names")) var metric = "rougeL"
    @Flag(inversion: .prefixedNo, help: "Compare stems of words for ROUGE.") var stemmer = true
    @OptionGroup var input: LineInput

    func validate() throws {
        do {
            _ = try specification()
        } catch let error as RewardError {
            throw ValidationError(error.description)
        }
    }

    func run() async throws {
        let specification = try specification()
        if names.contains("meteor") {
            FileHandle.standardError.write(
                Data("meteor is computed as meteor-stem: exact and stem matches, without WordNet's synonyms.\n".utf8))
        }
        try LineFilter(title: "reward").run(try input.open()) { lines in
            // Predictions of one prompt mostly stand together and share a reference, which is taken in once.
            var prepared: (reference: String, reward: PreparedReward)?
            return lines.map { line in
                Result {
                    let (prediction, reference) = (try line.text("prediction"), try line.text("reference"))
                    if prepared?.reference != reference {
                        prepared = (reference, specification.prepare(reference: reference))
                    }
                    var rewards = JSONObject()
                    for (metric, value) in prepared?.reward.scores(of: prediction) ?? [] {
                        rewards[metric.rawValue] = .number(value)
                    }
                    return line.adding(["rewards": .object(rewards)])
                }
            }
        }
    }

    private var names: [String] {
        metric.split(separator: ",", omittingEmptySubsequences: false).map { $0.filter { !$0.isWhitespace } }
    }

    /// The metrics as an unweighted sum, whose terms are reported one by one.
    private func specification() throws -> RewardSpecification {
        let metrics = try names.map { $0 == "meteor" ? Metric.meteorStem : try Metric(named: $0) }
        return try RewardSpecification(metrics.map(\.rawValue).joined(separator: "+"), isStemming: stemmer)
    }
}
