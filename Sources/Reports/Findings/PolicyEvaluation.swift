import Configuration
import Evaluation
import RolloutCore
import RunStore

/// One policy on one split under one decoding.
struct PolicyEvaluation: Sendable {
    let policy: UInt32
    let split: Split
    let decoding: UInt32
    let decodingName: String
    /// A score for each prompt that has one, with the index of the prompt.
    let scores: [PromptScore]
    let malformed: Int
    let unscored: Int
    /// Of all outputs of the split together.
    let diversity: Diversity
    /// Counted for the first decoding.
    let lengths: Lengths
    /// What several samples of a prompt reach; nil for one sample.
    let samples: SampleFindings?

    static func all(_ reader: RunReader, _ configuration: RunConfiguration) throws -> [PolicyEvaluation] {
        let rows = try reader.evaluations().filter { $0.group == nil && $0.isComplete }
        let passing = SampleFindings.passing(configuration)
        var counts: [Split: [BinCount]] = [:]
        return try rows.map { row in
            // The database counts lengths of the first decoding.
            let lengths = row.decoding > 0 ? [] : try counts[row.split] ?? reader.lengthCounts(of: row.split)
            if row.decoding == 0 { counts[row.split] = lengths }
            var texts: [String] = []
            var samples = SampleTally(passing: passing)
            try reader.samples(iteration: row.policy, split: row.split, decoding: row.decoding) { prompt in
                texts += prompt.answers.prefix(1).compactMap { $0 }
                samples.add(prompt)
            }
            return PolicyEvaluation(
                policy: row.policy, split: row.split, decoding: row.decoding, decodingName: row.decodingName,
                scores: try reader.scores(policy: row.policy, split: row.split, decoding: row.decoding),
                malformed: row.malformed, unscored: row.unscored, diversity: Diversity(texts),
                lengths: Lengths(lengths.filter { $0.iteration == row.policy }), samples: samples.findings)
        }
    }

    /// As `Comparison` takes it.
    func system(_ name: String) -> SystemScores { SystemScores(name: name, scores: scores.map(\.score)) }
}

extension PromptScore {
    /// Ids are unique within a task.
    var score: SystemScores.Score { SystemScores.Score(key: "\(group) \(example)", group: group, reward: reward) }
}

extension Lengths {
    init(_ counts: [BinCount]) {
        self.init()
        for count in counts { add(count.bin, times: count.count) }
    }
}
