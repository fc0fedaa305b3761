import Evaluation

extension LineChart {
    /// Lines that are drawn, each in a colour of its own.
    static let drawn = 6

    /// The chart as inline SVG: a value axis that fits the data, one step after another, a line and a mark of its own shape
    /// for each series, whiskers for intervals, names at the lines' ends.
    package func write(to page: inout HTMLWriter) {
        let frame = ChartFrame(self)
        page.element(
            "svg", ["viewBox": "0 0 \(ChartFrame.width) \(ChartFrame.height)", "role": "img", "aria-label": spoken]
        ) { page in
            for value in frame.ticks {
                let y = Decimals.coordinate(frame.y(value))
                page.empty("path", ["class": "rule", "d": "M\(ChartFrame.left) \(y)H\(ChartFrame.right)"])
                page.element(
                    "text", ["class": "soft", "x": "\(ChartFrame.left - 6)", "y": y, "dy": "4", "text-anchor": "end"],
                    text: Decimals.text(value, frame.digits))
            }
            for (index, step) in steps.enumerated() {
                page.element(
                    "text",
                    [
                        "class": "soft", "x": Decimals.coordinate(frame.x(index)), "y": "\(ChartFrame.bottom + 18)",
                        "text-anchor": "middle",
                    ], text: step)
            }
            let labels = frame.labels(series)
            for (index, series) in series.enumerated() {
                page.element("g", ["class": "c\(index % 6)"]) { page in
                    series.write(to: &page, frame, index: index, label: labels[index])
                }
            }
        }
    }

    /// For those who do not see it.
    private var spoken: String {
        series.map { series in
            "\(series.name): "
                + series.points.map { "\(steps[$0.step]) \(Decimals.text($0.value, 4))" }.joined(separator: ", ")
        }.joined(separator: "; ")
    }
}

extension LineChart.Series {
    fileprivate func write(to page: inout HTMLWriter, _ frame: ChartFrame, index: Int, label: Double) {
        // Series side by side, so that their whiskers do not hide one another.
        let shift = frame.shift(index)
        func place(_ point: LineChart.Point) -> (x: Double, y: Double) {
            (frame.x(point.step) + shift, frame.y(point.value))
        }
        let path = points.enumerated().map { index, point in
            let (x, y) = place(point)
            return "\(index == 0 ? "M" : "L")\(Decimals.coordinate(x)) \(Decimals.coordinate(y))"
        }
        page.empty("path", ["class": "line", "d": path.joined()])
        for point in points {
            let (x, y) = place(point)
            if let interval = point.interval {
                let upper = Decimals.coordinate(frame.y(interval.upper))
                let lower = Decimals.coordinate(frame.y(interval.lower))
                page.empty("path", ["class": "reach", "d": "M\(Decimals.coordinate(x)) \(lower)V\(upper)"])
            }
            page.element("path", ["class": "mark", "d": Self.mark(index, x, y)]) { page in
                page.element("title", text: "\(name): \(Cell.estimate(point.value, point.interval).shown)")
            }
        }
        page.element(
            "text",
            ["class": "label", "x": "\(ChartFrame.right + 8)", "y": Decimals.coordinate(label), "dy": "4"], text: name)
    }

    /// A circle, square, triangle or diamond: series can be told apart without colours.
    private static func mark(_ index: Int, _ x: Double, _ y: Double) -> String {
        let at = "M\(Decimals.coordinate(x)) \(Decimals.coordinate(y))"
        return switch index % 4 {
        case 0: at + "m-4 0a4 4 0 1 0 8 0a4 4 0 1 0 -8 0z"
        case 1: at + "m-3.5 -3.5h7v7h-7z"
        case 2: at + "m0 -5l4.6 8h-9.2z"
        default: at + "m0 -5l4.5 5l-4.5 5l-4.5 -5z"
        }
    }
}

/// Where things are in a chart.
private struct ChartFrame {
    static let width = 460
    static let height = 250
    static let left = 48
    static let right = 360
    static let top = 12
    static let bottom = 218

    let ticks: [Double]
    let digits: Int
    private let lower: Double
    private let upper: Double
    private let steps: Int
    private let seriesCount: Int

    init(_ chart: LineChart) {
        let points = chart.series.flatMap(\.points)
        let values = points.flatMap { [$0.value, $0.interval?.lower ?? $0.value, $0.interval?.upper ?? $0.value] }
            .filter(\.isFinite)
        let scale = NiceScale(values.min() ?? 0, values.max() ?? 1)
        (lower, upper, ticks, digits) = (scale.lower, scale.upper, scale.ticks, scale.digits)
        steps = chart.steps.count
        seriesCount = chart.series.count
    }

    func x(_ step: Int) -> Double {
        let width = Double(Self.right - Self.left)
        return Double(Self.left) + width * (Double(step) + 0.5) / Double(max(1, steps))
    }

    func y(_ value: Double) -> Double {
        let share = (max(lower, min(upper, value)) - lower) / (upper - lower)
        return Double(Self.bottom) - share * Double(Self.bottom - Self.top)
    }

    func shift(_ series: Int) -> Double { 7 * (Double(series) - Double(seriesCount - 1) / 2) }

    /// Heights of the series' names: at the ends of their lines, moved apart where they would touch.
    func labels(_ series: [LineChart.Series]) -> [Double] {
        let wanted = series.map { y($0.points.last?.value ?? lower) }
        var places = wanted
        var last = -Double.infinity
        for index in wanted.indices.sorted(by: { (wanted[$0], $0) < (wanted[$1], $1) }) {
            places[index] = max(wanted[index], last + 14)
            last = places[index]
        }
        // Those pushed below the frame move up again.
        let excess = max(0, (places.max() ?? 0) - Double(Self.bottom))
        return places.map { $0 - excess }
    }
}

/// Round numbers for an axis.
package struct NiceScale: Equatable {
    /// The first round number.
    package let lower: Double
    /// The last.
    package let upper: Double
    /// All of them.
    package let ticks: [Double]
    /// Decimals they are written with.
    package let digits: Int

    /// An axis that holds both values and begins and ends at round numbers, with four to ten steps.
    package init(_ least: Double, _ most: Double) {
        let middle = (least + most) / 2
        let span = max(most - least, abs(middle) * 1e-6, 1e-6)
        var step = 1e-9
        var digits = 9
        search: while true {
            for factor in [1.0, 2, 5] where span / (step * factor) <= 7 {
                step *= factor
                break search
            }
            step *= 10
            digits -= 1
        }
        let first = (least / step).rounded(.down)
        let last = max(first + 1, (most / step).rounded(.up))
        lower = first * step
        upper = last * step
        ticks = stride(from: first, through: last, by: 1).map { $0 * step }
        self.digits = max(0, digits)
    }
}
