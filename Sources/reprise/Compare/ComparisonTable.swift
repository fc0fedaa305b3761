import Evaluation
import RolloutCore
import RunStore

/// What a comparison came to: systems by tasks of the data, means over seeds, intervals and tests against the first system.
///
/// Of each run the policy that was best on validation counts; test is looked at once. A system's reward for a prompt is its
/// mean over seeds; intervals resample prompts, tests pair them, and the spread of the seeds' own means stands apart.
struct ComparisonTable {
    private struct Scored {
        let entry: ComparisonDirectory.Entry
        let best: UInt32
        let reader: RunReader
    }

    private let runs: [Scored]
    private let systems: [String]
    private let decodings: [String]
    private let reward: String

    init(_ comparison: ComparisonDirectory) throws {
        var runs: [Scored] = []
        for entry in comparison.entries {
            guard let reader = try? RunReader(RunDirectory.open(comparison.run(entry))),
                let best = try reader.summary().bestPolicy
            else { continue }
            runs.append(Scored(entry: entry, best: best, reader: reader))
        }
        self.runs = runs
        systems = runs.map(\.entry.system).reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
        let evaluations = try runs.first?.reader.evaluations() ?? []
        decodings = evaluations.reduce(into: []) { if !$0.contains($1.decodingName) { $0.append($1.decodingName) } }
        reward = try runs.first?.reader.summary().reward ?? ""
    }

    var lines: [String] {
        get throws {
            var lines: [String] = []
            for (decoding, name) in decodings.enumerated() {
                for split in [Split.validation, .test] {
                    let part = try table(split, UInt32(decoding))
                    if !part.isEmpty { lines += ["", "\(split), \(reward), \(name)"] + part }
                }
            }
            guard !lines.isEmpty, let baseline = systems.first else { return ["nothing was evaluated"] }
            lines.append(
                """
                Means over seeds of each run's best policy on validation; intervals by bootstrap over prompts (95 %); \
                difference and p (paired t-test, Holm) against \(baseline); s.d. is between seeds.
                """)
            return lines
        }
    }

    private func table(_ split: Split, _ decoding: UInt32) throws -> [String] {
        var scores: [SystemScores] = []
        var seeds: [Moments] = []
        for system in systems {
            let each = try runs.filter { $0.entry.system == system }.map { run in
                SystemScores(
                    name: system,
                    scores: try run.reader.scores(policy: run.best, split: split, decoding: decoding).map {
                        SystemScores.Score(key: "\($0.group) \($0.example)", group: $0.group, reward: $0.reward)
                    })
            }
            scores.append(SystemScores(name: system, averaging: each))
            seeds.append(Moments(each.compactMap { Comparison([$0]).rows[0].average.mean }))
        }
        guard scores.contains(where: { !$0.scores.isEmpty }) else { return [] }
        let comparison = Comparison(scores)
        var table = Table(
            ["system"] + comparison.groups + ["average", "interval", "difference", "p", "seeds", "s.d."])
        for (row, seeds) in zip(comparison.rows, seeds) {
            let average = row.average
            table.add(
                [row.name] + row.cells.map { Format.reward($0.mean) } + [
                    Format.reward(average.mean),
                    average.interval.map { "\(Format.reward($0.lower)) to \(Format.reward($0.upper))" } ?? "–",
                    average.test.map { Self.signed($0.meanDifference) } ?? "–", Self.p(average.adjustedP),
                    "\(seeds.count)", Format.reward(seeds.variance.map { $0.squareRoot() }),
                ])
        }
        return table.lines
    }

    private static func signed(_ value: Double) -> String { (value < 0 ? "" : "+") + Format.reward(value) }

    private static func p(_ value: Double?) -> String {
        guard let value else { return "–" }
        return value < 0.0001 ? "<.0001" : Format.reward(value)
    }
}
