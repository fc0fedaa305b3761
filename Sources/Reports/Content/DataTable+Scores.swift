public import Evaluation
public import RunStore

extension DataTable {
    /// Systems on one set of prompts: means by task and on average with intervals, and tests against the first.
    ///
    /// - Parameter counts: outputs without an answer and without a reward, by system.
    public init(
        _ caption: String, heading: String = "policy", comparing systems: [SystemScores],
        counts: [(malformed: Int, unscored: Int)]
    ) {
        let comparison = Comparison(systems)
        // One task is its own average.
        let groups = comparison.groups.count > 1 ? comparison.groups : []
        self.init(
            caption, [heading] + groups + ["average", "difference", "p", "prompts", "malformed", "unscored"])
        for (row, counts) in zip(comparison.rows, counts) {
            let average = row.average
            let means = groups.isEmpty ? [] : row.cells.map(\.estimate)
            let tests: [Cell] = [
                average.test.map { .difference($0.meanDifference) } ?? .none, average.adjustedP.map { .p($0) } ?? .none,
            ]
            add(
                [.text(row.name)] + means + [average.estimate] + tests
                    + [.count(average.count), .count(counts.malformed), .count(counts.unscored)])
        }
    }

    /// What k of the samples that were drawn of each prompt reach, by system: best of k, and pass at k where passing is
    /// defined. Empty where only one sample was drawn.
    ///
    /// - Parameter passing: the reward from which an answer is right.
    public static func severalSamples(
        _ systems: [(name: String, prompts: [PromptSamples])], passing: Double?
    ) -> [DataTable] {
        severalSamples(
            systems.compactMap { name, prompts in
                var tally = SampleTally(passing: passing)
                for prompt in prompts { tally.add(prompt) }
                return tally.findings.map { (name: name, findings: $0) }
            })
    }

    static func severalSamples(_ drawn: [(name: String, findings: SampleFindings)]) -> [DataTable] {
        let sizes = Set(drawn.flatMap { $0.findings.best.map(\.k) }).sorted()
        var best = DataTable(
            "best of k",
            ["samples of"] + sizes.map { $0 == 1 ? "mean" : "best of \($0)" } + ["majority", "prompts with one"])
        var pass = DataTable("pass at k", ["samples of"] + sizes.map { "pass@\($0)" })
        for (name, findings) in drawn {
            best.add(
                [.text(name)] + sizes.map { k in .reward(findings.best.first { $0.k == k }?.reward) } + [
                    .reward(findings.majorityReward), .share(findings.majorityShare),
                ])
            guard !findings.pass.isEmpty else { continue }
            pass.add(
                [.text(name)]
                    + sizes.map { k in findings.pass.first { $0.k == k }.map { .share($0.chance) } ?? .none })
        }
        return [best, pass].filter { !$0.rows.isEmpty }
    }
}
