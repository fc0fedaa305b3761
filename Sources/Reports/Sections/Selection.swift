import Evaluation
import RolloutCore
import RunStore

extension RunFindings {
    /// Where the trajectories of the E-steps went.
    var selection: Report.Section {
        var whole = DataTable("all tasks", ["iteration", "sampled"] + Self.outcomes + ["threshold"])
        for sealed in summary.sealed {
            let counts = sealed.counts
            whole.add(
                [.text("\(sealed.iteration)"), .count(Int(counts.sampled))]
                    + [
                        counts.kept, counts.belowThreshold, counts.overCap, counts.duplicate, counts.malformed,
                        counts.unscored,
                    ].map { .count(Int($0)) } + [Self.threshold(sealed)])
        }
        var tasks = DataTable("by task", ["iteration", "task", "sampled"] + Self.outcomes)
        for expectation in expectations {
            for draw in expectation.draws {
                tasks.add(
                    [.text("\(draw.iteration)"), .text(draw.group), .count(draw.count)]
                        + Self.outcomes.map { .count(draw.outcomes[$0] ?? 0) })
            }
        }
        return Report.Section(
            id: "selection", title: "Sampled, kept, left out",
            note: """
                A duplicate repeats the tokens of an earlier sample of its prompt; malformed outputs have no answer marker and \
                count as reward 0; unscored ones could not be judged. None of these is learned from. The threshold is the least \
                reward that was kept, a range where it goes by task or by prompt.
                """,
            blocks: [whole, tasks].filter { !$0.rows.isEmpty }.map { .table($0) })
    }

    /// As the database names them, in the order in which they are looked at.
    private static let outcomes = ["kept", "below threshold", "over cap", "duplicate", "malformed", "unscored"]

    private static func threshold(_ sealed: SealedIteration) -> Cell {
        let values = sealed.thresholds.map(\.value).filter(\.isFinite)
        guard let lower = values.min(), let upper = values.max() else { return .none }
        return lower == upper ? .reward(lower) : .text("\(Cell.reward(lower).shown) to \(Cell.reward(upper).shown)")
    }

    /// Prompts without anything kept, by task.
    var starvation: Report.Section {
        let groups = Set(kept.map(\.group)).sorted()
        var table = DataTable("", ["iteration"] + groups + ["all"])
        for iteration in summary.sealed.map(\.iteration) {
            let own = kept.filter { $0.iteration == iteration }
            table.add(
                [.text("\(iteration)")]
                    + groups.map { group in
                        own.first { $0.group == group }.map { .share($0.starved, of: $0.prompts) } ?? .none
                    }
                    + [.share(own.reduce(0) { $0 + $1.starved }, of: own.reduce(0) { $0 + $1.prompts })])
        }
        return Report.Section(
            id: "starvation", title: "Starved prompts",
            note: "Share of training prompts of which no sample was kept: a task whose share grows is being forgotten.",
            blocks: table.rows.isEmpty ? [] : [.table(table)])
    }

    /// How much the iterations' selections have in common.
    var overlap: Report.Section {
        func total(_ iteration: UInt32, _ count: (KeptTally) -> Int) -> Int {
            kept.filter { $0.iteration == iteration }.reduce(0) { $0 + count($1) }
        }
        func index(_ overlap: KeptOverlap, _ shared: Int, _ count: (KeptTally) -> Int) -> Cell {
            let jaccard = Jaccard(
                shared: shared, first: total(overlap.first, count), second: total(overlap.second, count))
            return .number(jaccard.index, 4)
        }
        var table = DataTable(
            "", ["iterations", "same trajectories", "Jaccard", "same prompts", "Jaccard of prompts"])
        for overlap in overlaps {
            table.add([
                .text("\(overlap.first) and \(overlap.second)"), .count(overlap.trajectories),
                index(overlap, overlap.trajectories, \.kept), .count(overlap.prompts),
                index(overlap, overlap.prompts) { $0.prompts - $0.starved },
            ])
        }
        return Report.Section(
            id: "overlap", title: "Overlap of the selections",
            note: """
                What two iterations both learned from: the same tokens for the same prompt, and the prompts of which both kept \
                something. Jaccard's index is the shared part of all.
                """,
            blocks: table.rows.isEmpty ? [] : [.table(table)])
    }
}
