import Reports
import RolloutCore
import RunStore

/// Where the run stands, and what it has come to so far.
struct OverviewPage {
    private let snapshot: Snapshot
    private let summary: RunSummary
    private let now: Double

    init(_ snapshot: Snapshot, now: Double) {
        self.snapshot = snapshot
        summary = snapshot.summary
        self.now = now
    }

    func write(to page: inout HTMLWriter) {
        state(&page)
        page.section("progress", "Progress") { progress(&$0) }
        let chart = rewardChart
        page.section(
            "rewards", "Rewards",
            note: """
                Train: mean of what an E-step sampled from that policy so far. Validation and test: the first decoding. \
                Malformed outputs count as 0.
                """
        ) { page in
            guard !chart.series.isEmpty else { return page.element("p", text: "No reward yet.") }
            page.element("figure") { page in
                page.element("figcaption", text: chart.title)
                chart.write(to: &page)
            }
            var table = chart.table
            table.caption = ""
            table.write(to: &page)
        }
        distributions(&page)
        selection(&page)
    }

    // MARK: - State

    private func state(_ page: inout HTMLWriter) {
        // Apart from what changes every second, so that it is read out once.
        page.element("div", ["id": "alarms", "role": "alert"]) { page in
            if let halted = summary.halted { page.element("p", ["class": "alarm"], text: "Halted: \(halted)") }
            if snapshot.silence(at: now) != nil {
                page.element(
                    "p", ["class": "alarm"],
                    text:
                        "The coordinator has not written for more than 5 s: it is not running, or very slow."
                )
            }
        }
        page.element("section", ["id": "state"]) { page in
            page.element("h1", text: summary.name)
            page.facts([
                ("state", summary.bestPolicy != nil ? "finished" : summary.phase ?? "starting"),
                ("mode", summary.mode), ("reward", summary.reward), ("iterations", "\(summary.iterations)"),
                ("time", Decimals.seconds(elapsed)), ("term", "\(summary.term)"),
                ("nodes", "\(summary.nodes.count)"),
                (
                    "last written",
                    summary.age.map {
                        summary.bestPolicy == nil ? Words.ago($0 + max(0, now - snapshot.readAt)) : "at the end"
                    }
                        ?? "never"
                ),
                ("determinism", summary.determinism),
                (
                    "best policy",
                    summary.bestPolicy.map { Words.policy($0, isTrained: true) + ", on validation" } ?? "not known yet"
                ),
            ])
        }
    }

    private var elapsed: Double { summary.elapsed + (summary.bestPolicy == nil ? max(0, now - snapshot.readAt) : 0) }

    private func progress(_ page: inout HTMLWriter) {
        let done = summary.progress.reduce(0) { $0 + $1.done }
        let total = summary.progress.reduce(0) { $0 + $1.total }
        page.progress("all tasks", done, of: total, note: "\(done) of \(total)")
        if let training = summary.training {
            page.progress(
                training.iteration == 0 ? "fine-tuning" : "M-step \(training.iteration)", Int(training.step),
                of: Int(training.steps),
                note: """
                    step \(training.step) of \(training.steps), loss \(Decimals.text(training.loss, 3)), \
                    \(Int(training.tokensPerSecond.clamped)) tokens/s
                    """)
        }
        for one in summary.progress where one.done < one.total && (one.done > 0 || one.leased > 0) {
            // A training is shown by its steps.
            guard one.group.kind != .train else { continue }
            let left = one.rate > 0 ? ", \(Decimals.seconds(Double(one.total - one.done) / one.rate)) left" : ""
            page.progress(
                one.group.name, one.done, of: one.total,
                note: "\(one.done) of \(one.total), \(Decimals.text(one.rate, 1)) tasks/s\(left)")
        }
    }

    // MARK: - Rewards

    private var rewardChart: LineChart {
        let versions = 0...max(summary.iterations, summary.policies.last?.version ?? 0)
        var series: [LineChart.Series] = []
        for (split, name) in [(Split.train, "train"), (.validation, "validation"), (.test, "test")] {
            let points = summary.rewards.filter { $0.split == split }.compactMap { rewards in
                rewards.mean.map { mean in
                    // The E-step of an iteration samples from the policy before it.
                    let policy = split == .train ? rewards.iteration - min(1, rewards.iteration) : rewards.iteration
                    return LineChart.Point(step: Int(policy), value: mean, interval: nil)
                }
            }
            if !points.isEmpty { series.append(LineChart.Series(name: name, points: points)) }
        }
        let isTrained = summary.policies.first?.steps != nil
        return LineChart(
            title: "mean \(summary.reward) by policy",
            steps: versions.map { Words.policy($0, isTrained: isTrained) }, series: series)
    }

    private func distributions(_ page: inout HTMLWriter) {
        let panels = summary.rewards.filter { $0.split == .train }.compactMap { rewards in
            snapshot.histogram(of: rewards.iteration).map {
                HistogramPanel(title: "E-step \(rewards.iteration)", histogram: $0, mean: rewards.mean)
            }
        }
        guard !panels.isEmpty else { return }
        page.section("distributions", "Distribution of rewards") { page in
            page.element("div", ["class": "panels"]) { page in
                let most = panels.map(\.largestShare).max() ?? 0
                for panel in panels { panel.write(to: &page, most: most) }
            }
        }
    }

    /// What became of the trajectories: as sealed, or as far as an E-step is.
    private func selection(_ page: inout HTMLWriter) {
        var table = DataTable(
            "",
            [
                "E-step", "sampled", "kept", "below threshold", "over cap", "duplicate", "malformed", "no reward",
                "prompts without", "threshold",
            ])
        for sealed in summary.sealed {
            let counts = sealed.counts
            table.add(
                [.text("\(sealed.iteration)")]
                    + [
                        counts.sampled, counts.kept, counts.belowThreshold, counts.overCap, counts.duplicate,
                        counts.malformed, counts.unscored, counts.starvedPrompts,
                    ].map { .count(Int($0)) } + [threshold(sealed)])
        }
        let sealed = Set(summary.sealed.map(\.iteration))
        for open in summary.rewards where open.split == .train && !sealed.contains(open.iteration) {
            table.add([
                .text("\(open.iteration), under way"), .count(open.trajectories), .none, .none, .none, .none,
                .count(open.malformed), .none, .none, .none,
            ])
        }
        guard !table.rows.isEmpty else { return }
        page.section("selection", "Kept and left out") { table.write(to: &$0) }
    }

    private func threshold(_ sealed: SealedIteration) -> Cell {
        switch sealed.thresholds.count {
        case 0: .none
        case 1: sealed.thresholds.first.map { .number($0.value, digits: 4) } ?? .none
        default:
            .text(
                "\(Decimals.text(sealed.thresholds.map(\.value).min() ?? 0, 4)) to "
                    + Decimals.text(sealed.thresholds.map(\.value).max() ?? 0, 4))
        }
    }
}

extension Snapshot {
    /// How long the coordinator has been silent, where that is long and it should not be.
    func silence(at now: Double) -> Double? {
        guard summary.bestPolicy == nil, summary.halted == nil, let age = summary.age else { return nil }
        let silence = age + max(0, now - readAt)
        return silence > 5 ? silence : nil
    }
}

extension TaskGroup {
    /// For people: `E-step 2, sampling`.
    var name: String {
        let work =
            switch kind {
            case .sample: "sampling"
            case .score: "scoring"
            case .rationale: "reasoning paths"
            case .train: "training"
            }
        if kind == .train { return iteration == 0 ? "fine-tuning" : "M-step \(iteration)" }
        if kind == .rationale { return work }
        return split == .train ? "E-step \(iteration), \(work)" : "\(split) of policy \(iteration), \(work)"
    }
}

extension Double {
    /// A number that an integer can hold.
    var clamped: Double { isFinite ? Swift.max(-1e15, Swift.min(1e15, self)) : 0 }
}
