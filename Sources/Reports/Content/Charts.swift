public import Evaluation

/// Values over steps, each series a line with intervals.
public struct LineChart: Sendable, Equatable {
    /// What it shows.
    public var title: String
    /// The steps, in order.
    public var steps: [String]
    /// The lines.
    public var series: [Series]

    package init(title: String, steps: [String], series: [Series]) {
        self.title = title
        self.steps = steps
        self.series = series
    }

    /// One line.
    public struct Series: Sendable, Equatable {
        /// What it is called.
        public var name: String
        /// Its points.
        public var points: [Point]

        package init(name: String, points: [Point]) {
            self.name = name
            self.points = points
        }
    }

    /// One value.
    public struct Point: Sendable, Equatable {
        /// Index of the step.
        public var step: Int
        /// The value.
        public var value: Double
        /// Its interval.
        public var interval: Interval?

        package init(step: Int, value: Double, interval: Interval? = nil) {
            self.step = step
            self.value = value
            self.interval = interval
        }
    }

    /// The same as a table: a column for each line.
    package var table: DataTable {
        var table = DataTable(title, [""] + series.map(\.name))
        for (index, step) in steps.enumerated() {
            table.add(
                [.text(step)]
                    + series.map { series in
                        series.points.first { $0.step == index }.map { .estimate($0.value, $0.interval) } ?? .none
                    })
        }
        return table
    }
}

/// A distribution with a heading.
public struct HistogramPanel: Sendable, Equatable {
    /// Of what.
    public var title: String
    /// The counts.
    public var histogram: Histogram
    /// The mean of what was counted.
    public var mean: Double?

    package init(title: String, histogram: Histogram, mean: Double?) {
        self.title = title
        self.histogram = histogram
        self.mean = mean
    }
}

extension [HistogramPanel] {
    /// The same as a table: a row for each bin, a column for each panel.
    var table: DataTable {
        var table = DataTable("", ["from", "to"] + map(\.title))
        guard let bins = first?.histogram.counts.indices else { return table }
        for bin in bins {
            guard let bounds = first?.histogram.bounds(bin) else { continue }
            table.add(
                [.number(bounds.lower, digits: 2), .number(bounds.upper, digits: 2)]
                    + map { panel in
                        panel.histogram.counts.indices.contains(bin) ? .count(panel.histogram.counts[bin]) : .none
                    })
        }
        return table
    }
}
