import ArgumentParser
import Foundation
import JSONLines
import Nodes
import Rewards

/// `reprise reward`: how close predictions are to references.
struct RewardCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reward",
        abstract: "Score predictions against references.",
        discussion: """
            Reads {"prediction": s, "reference": s} and adds "rewards": {"rougeL": 0.41, …}, from 0 to 1. The metrics:
              rouge1 rouge2 rougeL  F-measures as rouge_score has them, words stemmed by
                                    Porter's rules unless --no-stemmer
              meteor                as NLTK has it; needs WordNet's dict directory
                                    (--word-net or WNHOME)
              meteor-exact-stem     METEOR without WordNet's synonyms; what meteor is
                                    computed as, and called, without WordNet
              bleu chrf             sentence BLEU and chrF2 as sacrebleu has them, over 100
              length                how near the number of words is to the reference's;
                                    length:50-200, to a range
              finished reasoned     whether "finished" is true, whether there is
                                    "reasoning" (both optional in the input)
            A weighted sum such as 0.7*rougeL+0.3*meteor is one more value, under its own name.

            Example:
              echo '{"prediction": "a cat sat", "reference": "the cat sat down"}' |
                reprise reward --metric rouge1,rougeL
            """)

    @Option(help: ArgumentHelp("Metrics and weighted sums, separated by commas.", valueName: "names"))
    var metric = "rougeL"
    @Flag(inversion: .prefixedNo, help: "Compare stems of words for ROUGE.") var stemmer = true
    @Option(help: ArgumentHelp("WordNet 3's dict directory; WNHOME unless said.", valueName: "directory"))
    var wordNet: String?
    @OptionGroup var input: LineInput

    func validate() throws {
        do {
            _ = try columns(hasWordNet: true)
        } catch let error as RewardError {
            throw ValidationError(error.description)
        }
    }

    func run() async throws {
        var columns = try columns(hasWordNet: true)
        if columns.contains(where: \.reward.needsWordNet) {
            let found = try WordNets.find(wordNet)
            if found == nil {
                let note = "meteor is computed as meteor-exact-stem, without WordNet's synonyms: WNHOME is not set.\n"
                try? FileHandle.standardError.write(contentsOf: Data(note.utf8))
                columns = try self.columns(hasWordNet: false)
            }
            for index in columns.indices { columns[index].reward.wordNet = found }
        }
        let asked = columns
        try LineFilter(title: "reward").run(try input.open()) { lines in
            // Predictions of one prompt mostly stand together and share a reference, which is taken in once.
            var prepared: (reference: String, rewards: [PreparedReward])?
            return lines.map { line in
                Result {
                    let (prediction, reference) = (try line.text("prediction"), try line.text("reference"))
                    if prepared?.reference != reference {
                        prepared = (reference, asked.map { $0.reward.prepare(reference: reference) })
                    }
                    let (reasoning, isFinished) = (
                        line.object["reasoning"]?.string ?? "", line.object["finished"]?.bool ?? true
                    )
                    var rewards = JSONObject()
                    for (column, reward) in zip(asked, prepared?.rewards ?? []) {
                        let scores = reward.scores(of: prediction, reasoning: reasoning, isFinished: isFinished)
                        if column.isSum {
                            rewards[column.reward.description] = .number(
                                zip(column.reward.terms, scores).reduce(0) { $0 + $1.0.weight * $1.1.value })
                        } else {
                            for score in scores { rewards[score.metric.name] = .number(score.value) }
                        }
                    }
                    return line.adding(["rewards": .object(rewards)])
                }
            }
        }
    }

    /// What is reported: plain metrics stand together, since they share what they read; each sum for itself.
    private struct Column {
        var reward: RewardSpecification
        var isSum: Bool
    }

    private func columns(hasWordNet: Bool) throws -> [Column] {
        var columns: [Column] = []
        var plain: [String] = []
        func flush() throws {
            guard !plain.isEmpty else { return }
            columns.append(
                Column(
                    reward: try RewardSpecification(plain.joined(separator: "+"), isStemming: stemmer), isSum: false))
            plain = []
        }
        for name in metric.split(separator: ",", omittingEmptySubsequences: false) {
            var name = name.filter { !$0.isWhitespace }
            if !hasWordNet { name = Self.withoutWordNet(name) }
            if name.contains(where: { "+*".contains($0) }) {
                try flush()
                columns.append(Column(reward: try RewardSpecification(name, isStemming: stemmer), isSum: true))
            } else if !plain.contains(name) {
                plain.append(try Metric(named: name).name)
            }
        }
        try flush()
        return columns
    }

    private static func withoutWordNet(_ sum: String) -> String {
        sum.split(separator: "+").map { term in
            let parts = term.split(separator: "*")
            return parts.last == "meteor"
                ? (parts.dropLast() + ["meteor-exact-stem"]).joined(separator: "*") : String(term)
        }.joined(separator: "+")
    }
}
