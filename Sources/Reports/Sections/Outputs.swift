import Evaluation
import RolloutCore
import RunStore

extension RunFindings {
    /// Rewards of each E-step's trajectories.
    var rewardHistograms: Report.Section {
        Report.Section(
            id: "rewards", title: "Distribution of rewards",
            note: "Rewards of all trajectories of each E-step, malformed ones as 0. The line is the mean.",
            blocks: expectations.isEmpty
                ? []
                : [
                    .histograms(
                        expectations.map {
                            HistogramPanel(
                                title: "E-step \($0.iteration)", histogram: $0.histogram, mean: $0.moments.mean)
                        })
                ])
    }

    /// How long outputs are, and how different from one another.
    var variety: Report.Section {
        let lengths = ["mean tokens", "median", "95 %", "longest"]
        var samples = DataTable(
            "samples of one prompt, by E-step",
            ["E-step"] + lengths + ["different texts", "distinct-1", "distinct-2", "self-BLEU", "prompts read"])
        for expectation in expectations {
            let diversity = expectation.diversity
            samples.add(
                [.text("\(expectation.iteration)")] + Self.cells(expectation.lengths) + [
                    diversity.distinctShare.map { .share($0) } ?? .none, .number(diversity.distinct(1), 3),
                    .number(diversity.distinct(2), 3), .number(diversity.meanSelfBLEU, 3), .count(diversity.prompts),
                ])
        }
        var tables = [samples]
        for split in [Split.validation, .test] {
            var table = DataTable(
                "outputs of one policy, \(split)",
                ["policy"] + lengths + ["different texts", "distinct-1", "distinct-2", "self-BLEU"])
            for evaluation in evaluations where evaluation.split == split && evaluation.decoding == 0 {
                let diversity = evaluation.diversity
                table.add(
                    [.text(marked(evaluation.policy))] + Self.cells(evaluation.lengths) + [
                        .share(diversity.distinctTexts, of: diversity.count), .number(diversity.distinct[0], 3),
                        .number(diversity.distinct[1], 3), .number(diversity.selfBLEU, 3),
                    ])
            }
            tables.append(table)
        }
        return Report.Section(
            id: "variety", title: "Length and diversity",
            note: """
                Lengths are of whole trajectories. distinct-n is the share of n-grams that are different; self-BLEU the mean \
                BLEU-4 of each text against the others, 1 when all are the same. An E-step compares the answers to one prompt and \
                averages over prompts (of every n-th prompt from a thousand on); an evaluation compares the answers to all prompts, first decoding.
                """,
            blocks: tables.filter { !$0.rows.isEmpty }.map { .table($0) })
    }

    private static func cells(_ lengths: Lengths) -> [Cell] {
        [.number(lengths.mean, 1)] + [0.5, 0.95, 1].map { q in lengths.quantile(q).map { .count($0) } ?? .none }
    }

    /// What more than one sample of a prompt reaches.
    var several: Report.Section {
        var drawn: [(name: String, findings: SampleFindings)] = expectations.compactMap { expectation in
            expectation.samples.map { ("E-step \(expectation.iteration), train", $0) }
        }
        for evaluation in evaluations {
            guard let samples = evaluation.samples else { continue }
            drawn.append(
                ("\(marked(evaluation.policy)), \(evaluation.split), \(evaluation.decodingName)", samples))
        }
        return Report.Section(
            id: "several", title: "Several samples",
            note: """
                Expected best reward of k samples drawn of those there are, as a mean over prompts: what better selection could \
                reach. The majority is the most frequent answer, where one was drawn twice. Pass@k is the chance that one of k \
                reaches the selection's threshold, where that is one number.
                """,
            blocks: DataTable.severalSamples(drawn).map { .table($0) })
    }
}
