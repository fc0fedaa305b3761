import Configuration
import Evaluation
import JSONLines
import Nodes
import Personalization
import Reports
import RunStore

/// What one policy wrote on a split.
struct PolicyResults {
    /// The policy's name.
    let policy: String
    /// The same, with what was done to the profiles.
    let name: String
    let isShuffled: Bool
    let split: PreparedSplit
    /// By decoding, prompt and sample.
    let outputs: [[[PolicyEvaluator.Output]]]

    /// One row for each decoding and prompt.
    func rows(_ configuration: RunConfiguration) -> [JSONObject] {
        var rows: [JSONObject] = []
        for (decoding, outputs) in zip(configuration.evaluation.decodings, outputs) {
            for (prompt, outputs) in zip(split.prompts, outputs) { rows.append(row(decoding, prompt, outputs)) }
        }
        return rows
    }

    private func row(
        _ decoding: RunConfiguration.Decoding, _ prompt: PreparedPrompt, _ outputs: [PolicyEvaluator.Output]
    ) -> JSONObject {
        var row = JSONObject()
        row["policy"] = .string(policy)
        row["split"] = .string("\(split.split)")
        row["decoding"] = .string(decoding.description)
        row["shuffledProfiles"] = .bool(isShuffled)
        row["task"] = .string(prompt.example.task.rawValue)
        row["user"] = .string(prompt.example.user)
        row["example"] = .string(prompt.example.id)
        row["input"] = .string(prompt.example.input)
        row["reference"] = .string(prompt.example.output)
        row["reward"] = Self.mean(outputs).map { .number($0) } ?? .null
        row["samples"] = .array(outputs.map(Self.json))
        return row
    }

    private static func json(_ output: PolicyEvaluator.Output) -> JSON {
        [
            "reasoning": .string(output.reasoning), "answer": output.answer.map { .string($0) } ?? .null,
            "reward": output.reward.map { .number($0) } ?? .null, "finished": .bool(output.isFinished),
            "tokens": .integer(Int64(output.tokenCount)),
        ]
    }

    /// Over the samples that have a reward; nil where none has.
    private static func mean(_ outputs: [PolicyEvaluator.Output]) -> Double? {
        Moments(outputs.compactMap(\.reward)).mean
    }

    /// As comparisons take it.
    func scores(decoding: Int) -> SystemScores {
        SystemScores(
            name: name,
            scores: zip(split.prompts, outputs[decoding]).compactMap { prompt, outputs in
                let group = prompt.example.task.rawValue
                return Self.mean(outputs).map {
                    SystemScores.Score(key: "\(group) \(prompt.example.id)", group: group, reward: $0)
                }
            })
    }

    /// Outputs without an answer, and outputs without a reward.
    func counts(decoding: Int) -> (malformed: Int, unscored: Int) {
        let all = outputs[decoding].joined()
        return (all.count { $0.answer == nil }, all.count { $0.reward == nil })
    }

    /// The samples of every prompt.
    func samples(decoding: Int) -> [PromptSamples] {
        zip(split.prompts, outputs[decoding]).enumerated().map { index, prompt in
            PromptSamples(
                prompt: UInt32(index), group: prompt.0.example.task.rawValue, answers: prompt.1.map(\.answer),
                rewards: prompt.1.map(\.reward))
        }
    }
}

/// The results of several policies as tables.
struct PolicyTables {
    let tables: [DataTable]

    static let note = """
        Means over prompts, malformed outputs as 0; average over tasks; intervals by bootstrap over prompts (95 %); difference \
        and p (paired t-test, Holm over each table) against the first row.
        """

    init(_ results: [PolicyResults], _ configuration: RunConfiguration, passing: Double?) {
        let plain = results.filter { !$0.isShuffled }
        var tables: [DataTable] = []
        for (index, decoding) in configuration.evaluation.decodings.enumerated() {
            let title = "\(plain.first.map { "\($0.split.split)" } ?? ""), \(configuration.reward.name), \(decoding)"
            func table(_ title: String, _ results: [PolicyResults]) -> DataTable {
                DataTable(
                    title, comparing: results.map { $0.scores(decoding: index) },
                    counts: results.map { $0.counts(decoding: index) })
            }
            tables.append(table(title, plain))
            for shuffled in results where shuffled.isShuffled {
                let own = plain.filter { $0.policy == shuffled.policy }
                tables.append(table("\(title), profiles of strangers", own + [shuffled]))
            }
            if decoding.samples > 1 {
                tables += DataTable.severalSamples(
                    results.map { ($0.name, $0.samples(decoding: index)) }, passing: passing
                ).map { several in
                    var several = several
                    several.caption = "\(title), \(several.caption)"
                    return several
                }
            }
        }
        self.tables = tables
    }
}
