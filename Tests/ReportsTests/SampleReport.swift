import Evaluation

@testable import Reports

/// A report with a block of every kind, and texts that try to be markup.
enum SampleReport {
    static let hostile = "<script>alert(\"x\")</script> | `a` & 'b' </pre>\u{0}\u{FFFE} ``` _c_"

    static var value: Report {
        var table = DataTable("a table", ["policy", hostile, "average"])
        table.add([.text(hostile), .count(7), .estimate(0.5, Interval(lower: 0.4, upper: 0.6, level: 0.95))])
        table.add([.text("SFT"), .none, .estimate(0.25, nil)])
        var histogram = Histogram(lower: 0, upper: 1, bins: 4)
        for value in [0, 0.1, 0.6, 1] { histogram.add(value) }
        let chart = LineChart(
            title: "reward", steps: ["SFT", "iteration 1"],
            series: [
                LineChart.Series(
                    name: "train",
                    points: [
                        LineChart.Point(step: 0, value: 0.5, interval: Interval(lower: 0.4, upper: 0.6, level: 0.95)),
                        LineChart.Point(step: 1, value: 0.75, interval: nil),
                    ]),
                LineChart.Series(name: hostile, points: [LineChart.Point(step: 1, value: 0.5, interval: nil)]),
            ])
        let excerpt = Excerpt(
            task: "topic_writing", row: "7", reason: "median", request: hostile,
            texts: [
                Excerpt.Text(author: "reference", reward: nil, reasoning: "", answer: "a\nb"),
                Excerpt.Text(author: "SFT", reward: 0.125, reasoning: hostile, answer: nil),
            ])
        let blocks: [Report.Block] = [
            .table(table), .lines(chart),
            .histograms([HistogramPanel(title: "E-step 1", histogram: histogram, mean: 0.425)]), .excerpt(excerpt),
            .listing("run:\n  name: \(hostile)\n"),
        ]
        return Report(
            title: hostile, facts: [Report.Fact(name: "digest", value: .text("3f8f"))],
            sections: [
                Report.Section(id: "all", title: "All", note: hostile, blocks: blocks),
                Report.Section(id: "empty", title: "Nothing to say", note: "", blocks: []), nil,
            ])
    }
}
