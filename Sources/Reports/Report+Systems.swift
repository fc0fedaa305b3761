import Configuration
import Digests
import Evaluation
import RolloutCore
import RunStore

extension Report {
    /// What several runs came to, side by side.
    ///
    /// - Throws: `RunStoreError` when a run cannot be read; `ReportError` for runs that cannot be compared.
    public init(title: String, _ runs: [ComparedSystems.Run]) throws {
        let compared = try ComparedSystems(runs)
        let named = try runs.map { run in
            let hasSeeds = runs.count { $0.system == run.system } > 1
            return (
                name: hasSeeds ? "\(run.system), seed \(run.seed)" : run.system, reader: run.reader,
                found: try RunFindings(run.reader)
            )
        }
        self.init(
            title: title,
            facts: [
                Fact(name: "systems", value: .count(compared.systems.count)),
                Fact(name: "runs", value: .count(runs.count)),
                Fact(name: "finished", value: .count(named.count { $0.found.summary.bestPolicy != nil })),
            ],
            sections: [
                Section(
                    id: "systems", title: "Systems", note: compared.note ?? "",
                    blocks: compared.parts.map { .table($0.table(isDetailed: true)) }),
                Self.course(named), Self.runs(named), Self.differences(named), try Self.examples(named),
                Section(
                    id: "configuration", title: "Configuration",
                    note: named.first.map { "Of \($0.name); what differs in the others stands above." } ?? "",
                    blocks: named.first.map { [.listing($0.found.info.configuration)] } ?? []),
            ])
    }

    private typealias Named = (name: String, reader: RunReader, found: RunFindings)

    /// Validation, or test where there is none, from policy to policy.
    private static func course(_ runs: [Named]) -> Section {
        let charts = runs.map(\.found.courseChart)
        let split = charts.contains { $0.series.contains { $0.name == "validation" } } ? "validation" : "test"
        let steps = (0..<(charts.map(\.steps.count).max() ?? 0)).map { "policy \($0)" }
        let series = zip(runs, charts).compactMap { run, chart in
            chart.series.first { $0.name == split }.map { LineChart.Series(name: run.name, points: $0.points) }
        }
        let chart = LineChart(title: "mean reward on \(split)", steps: steps, series: series)
        return Section(
            id: "course", title: "Reward from policy to policy",
            note: "First decoding, t interval over prompts (95 %). Policy 0 is the base or its first fine-tuning.",
            blocks: series.isEmpty ? [] : [.lines(chart)])
    }

    private static func runs(_ runs: [Named]) -> Section {
        var table = DataTable(
            "", ["run", "mode", "best policy", "E-step kept", "starved", "malformed", "time", "digest"])
        for (name, _, found) in runs {
            let sealed = found.summary.sealed.last
            let prompts = found.kept.filter { $0.iteration == sealed?.iteration }
            table.add([
                .text(name), .text(found.summary.mode),
                found.summary.bestPolicy.map { .text(found.summary.policyName($0)) } ?? .none,
                sealed.map { .share(Int($0.counts.kept), of: Int($0.counts.sampled)) } ?? .none,
                .share(prompts.reduce(0) { $0 + $1.starved }, of: prompts.reduce(0) { $0 + $1.prompts }),
                sealed.map { .share(Int($0.counts.malformed), of: Int($0.counts.sampled)) } ?? .none,
                found.summary.bestPolicy == nil ? .text("not finished") : .seconds(found.summary.elapsed),
                found.digest.map { .text($0.short) } ?? .none,
            ])
        }
        return Section(
            id: "runs", title: "Runs",
            note: "Kept and malformed as shares of the last E-step's trajectories, starved as a share of its prompts.",
            blocks: [.table(table)])
    }

    /// The settings in which the runs differ.
    private static func differences(_ runs: [Named]) -> Section {
        let settings = runs.map { run in
            Dictionary(
                run.found.configuration.settings.map { ($0.key, $0.value) }, uniquingKeysWith: { first, _ in first })
        }
        let keys = runs.flatMap { $0.found.configuration.settings.map(\.key) }.reduce(into: [String]()) {
            if !$0.contains($1) { $0.append($1) }
        }
        var table = DataTable("", ["setting"] + runs.map(\.name))
        for key in keys where Set(settings.map { $0[key] }).count > 1 {
            table.add([.text(key)] + settings.map { $0[key].map { .text($0) } ?? .none })
        }
        return Section(
            id: "differences", title: "Settings that differ",
            note: "A setting without effect in a run is left out there.",
            blocks: table.rows.isEmpty ? [] : [.table(table)])
    }

    /// The first run's rows with the best policy's text of every run.
    private static func examples(_ runs: [Named]) throws -> Section {
        let excerpts = try (runs.first?.found.excerpts ?? []).map { excerpt in
            var shown = excerpt
            shown.texts = Array(excerpt.texts.prefix(1))
            for (name, reader, found) in runs {
                if let text = try found.choice.text(of: excerpt, by: name, in: reader) { shown.texts.append(text) }
            }
            return shown
        }
        return Section(
            id: "examples", title: "Examples",
            note: """
                Best policies on rows of which training changed the first run's reward most, of each task the largest gain, \
                the median and the largest loss.
                """,
            blocks: excerpts.map { .excerpt($0) })
    }
}
