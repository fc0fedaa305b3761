/// The table of a paper: systems by tasks of the data and on average, each mean with a bootstrap interval and a paired
/// test against one of the systems.
///
/// The average is the unweighted mean over tasks, as REST-PG's and LongLaMP's tables have it; its interval resamples each
/// task by itself, and its test pairs the prompts of all tasks. p-values are adjusted by Holm over the whole table.
public struct Comparison: Sendable, Equatable {
    /// One mean of the table.
    public struct Cell: Sendable, Equatable {
        /// Prompts in it.
        public var count: Int
        /// Their mean reward; nil when there are none.
        public var mean: Double?
        /// Its bootstrap interval.
        public var interval: Interval?
        /// Against the baseline, on the prompts both have; nil for the baseline, and where no pair differs.
        public var test: PairedTest?
        /// Bootstrap interval of the mean paired difference to the baseline.
        public var difference: Interval?
        /// p of `test`, adjusted over the whole table.
        public var adjustedP: Double?
    }

    /// One system.
    public struct Row: Sendable, Equatable {
        /// Its name.
        public var name: String
        /// By group, in the order of `groups`.
        public var cells: [Cell]
        /// Over all groups.
        public var average: Cell
    }

    /// The tasks of the data, by name.
    public let groups: [String]
    /// One row a system, in their order.
    public private(set) var rows: [Row]
    /// Which row the others are tested against.
    public let baseline: Int

    /// Compares systems with the one at `baseline`.
    public init(_ systems: [SystemScores], baseline: Int = 0, bootstrap: Bootstrap = Bootstrap()) {
        let groups = Set(systems.flatMap { $0.scores.map(\.group) }).sorted()
        self.groups = groups
        self.baseline = baseline
        rows = systems.enumerated().map { index, system in
            let other = index != baseline && systems.indices.contains(baseline) ? systems[baseline] : nil
            let rewards = groups.map(system.rewards)
            var cells = zip(groups, rewards).map { group, rewards in
                Cell(count: rewards.count, mean: Moments(rewards).mean, interval: bootstrap.interval(of: rewards))
            }
            let means = cells.compactMap(\.mean)
            var average = Cell(
                count: system.scores.count, mean: means.count == groups.count ? Moments(means).mean : nil,
                interval: bootstrap.interval(ofMeanOver: rewards))
            if let other {
                for (place, group) in groups.enumerated() {
                    cells[place].compare(other.pairs(with: system, group: group), bootstrap)
                }
                average.compare(other.pairs(with: system, group: nil), bootstrap)
            }
            return Row(name: system.name, cells: cells, average: average)
        }
        adjust()
    }

    private mutating func adjust() {
        var values: [Double] = []
        for row in rows { values += (row.cells + [row.average]).compactMap { $0.test?.p } }
        var adjusted = PairedTest.holm(values)[...]
        for row in rows.indices {
            for cell in rows[row].cells.indices where rows[row].cells[cell].test != nil {
                rows[row].cells[cell].adjustedP = adjusted.popFirst()
            }
            if rows[row].average.test != nil { rows[row].average.adjustedP = adjusted.popFirst() }
        }
    }
}

extension Comparison.Cell {
    fileprivate mutating func compare(_ pairs: [(first: Double, second: Double)], _ bootstrap: Bootstrap) {
        test = PairedTest(pairs)
        difference = bootstrap.interval(ofDifference: pairs)
    }
}
