public import Evaluation
import RolloutCore
public import RunStore

/// Several runs as systems: means over seeds, intervals and tests against the first system.
///
/// Of each run the policy that was best on validation counts; test is looked at once. A system's reward for a prompt is its
/// mean over seeds; intervals resample prompts, tests pair them, and the spread of the seeds' own means stands apart.
public struct ComparedSystems: Sendable {
    /// One run.
    public struct Run: Sendable {
        /// The system it is of.
        public var system: String
        /// Its seed.
        public var seed: UInt64
        /// Its database.
        public var reader: RunReader

        /// Creates the value from its parts.
        public init(system: String, seed: UInt64, reader: RunReader) {
            self.system = system
            self.seed = seed
            self.reader = reader
        }
    }

    /// All systems on one split under one decoding.
    public struct Part: Sendable {
        /// `test, rougeL, temperature 0.1`.
        public let title: String
        /// The table of means and tests.
        public let comparison: Comparison
        /// The seeds' own means, by system.
        public let seeds: [Moments]
    }

    /// The systems, in the order in which they were named.
    public let systems: [String]
    /// The parts that anything was evaluated for.
    public let parts: [Part]

    /// Compares runs; those that are not finished are left out.
    ///
    /// - Throws: `RunStoreError` when a database cannot be read; `ReportError` for runs that cannot be compared.
    public init(_ runs: [Run]) throws {
        let finished = try runs.compactMap { run in
            try run.reader.summary().bestPolicy.map { (run: run, best: $0) }
        }
        systems = finished.map(\.run.system).reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
        let infos = try finished.map { try $0.run.reader.info() }
        guard let first = infos.first else {
            parts = []
            return
        }
        for (info, run) in zip(infos, finished) where info.reward != first.reward || info.decodings != first.decodings {
            throw ReportError(
                """
                \(finished[0].run.system) and \(run.run.system) cannot be compared: one was evaluated by \(first.reward) \
                (\(first.decodings.joined(separator: "; "))), the other by \(info.reward) \
                (\(info.decodings.joined(separator: "; ")))
                """)
        }
        var parts: [Part] = []
        for (decoding, name) in first.decodings.enumerated() {
            for split in [Split.validation, .test] {
                var scores: [SystemScores] = []
                var seeds: [Moments] = []
                for system in systems {
                    let each = try finished.filter { $0.run.system == system }.map { run, best in
                        SystemScores(
                            name: system,
                            scores: try run.reader.scores(policy: best, split: split, decoding: UInt32(decoding))
                                .map(\.score))
                    }
                    scores.append(SystemScores(name: system, averaging: each))
                    seeds.append(Moments(each.compactMap { Comparison([$0]).rows[0].average.mean }))
                }
                guard scores.contains(where: { !$0.scores.isEmpty }) else { continue }
                parts.append(
                    Part(title: "\(split), \(first.reward), \(name)", comparison: Comparison(scores), seeds: seeds))
            }
        }
        self.parts = parts
    }

    /// How the tables are to be read; nil when there are none.
    public var note: String? {
        guard !parts.isEmpty, let baseline = systems.first else { return nil }
        return """
            Means over seeds of each run's best policy on validation; intervals by bootstrap over prompts (95 %); \
            difference and p (paired t-test, Holm) against \(baseline); s.d. is between seeds.
            """
    }
}

extension ComparedSystems.Part {
    /// Systems by task and on average.
    ///
    /// - Parameter isDetailed: whether every mean has its interval beside it, or the average's alone stands in a column.
    public func table(isDetailed: Bool = false) -> DataTable {
        var table = DataTable(
            title,
            ["system"] + comparison.groups + (isDetailed ? ["average"] : ["average", "interval"])
                + ["difference", "p", "seeds", "s.d."])
        for (row, seeds) in zip(comparison.rows, seeds) {
            let average = row.average
            let means = isDetailed ? row.cells.map(\.estimate) : row.cells.map { Cell.reward($0.mean) }
            let whole: [Cell] =
                isDetailed
                ? [average.estimate] : [.reward(average.mean), average.interval.map { .interval($0) } ?? .none]
            let tests: [Cell] = [
                average.test.map { .difference($0.meanDifference) } ?? .none,
                average.adjustedP.map { .p($0) } ?? .none, .count(seeds.count),
                .reward(seeds.variance.map { $0.squareRoot() }),
            ]
            table.add([.text(row.name)] + means + whole + tests)
        }
        return table
    }
}

/// Why there is no report: one sentence.
public struct ReportError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The sentence.
    public let description: String

    init(_ description: String) { self.description = description }
}
