import Evaluation

extension HistogramPanel {
    /// The share of all values in the fullest bin.
    package var largestShare: Double {
        let total = histogram.total
        return total > 0 ? Double(histogram.counts.max() ?? 0) / Double(total) : 0
    }

    private static let width = 260.0
    private static let base = 118.0
    private static let height = 100.0

    /// The panel as a figure; `most` is the share at full height, the same for panels that are compared.
    package func write(to page: inout HTMLWriter, most: Double) {
        let bins = histogram.counts.count
        let total = max(1, histogram.total)
        page.element("figure") { page in
            page.element("figcaption", text: heading)
            page.element("svg", ["viewBox": "0 0 260 138", "role": "img", "aria-label": spoken]) { page in
                for (bin, count) in histogram.counts.enumerated() where count > 0 {
                    let share = Double(count) / Double(total)
                    let height = max(1, Self.height * share / max(most, .leastNormalMagnitude))
                    let bounds = histogram.bounds(bin)
                    page.element(
                        "rect",
                        [
                            "class": "bar", "x": Decimals.coordinate(Self.width * Double(bin) / Double(bins) + 0.5),
                            "y": Decimals.coordinate(Self.base - height),
                            "width": Decimals.coordinate(Self.width / Double(bins) - 1),
                            "height": Decimals.coordinate(height),
                        ]
                    ) { page in
                        let range = "\(Decimals.text(bounds.lower, 2)) to \(Decimals.text(bounds.upper, 2))"
                        page.element("title", text: "\(range): \(count)")
                    }
                }
                page.empty("path", ["class": "rule", "d": "M0 \(Decimals.coordinate(Self.base))H260"])
                if let mean {
                    let x = Decimals.coordinate(place(mean))
                    page.empty("path", ["class": "mean", "d": "M\(x) 8V\(Decimals.coordinate(Self.base))"])
                }
                axis(&page)
            }
        }
    }

    private func axis(_ page: inout HTMLWriter) {
        let middle = (histogram.lower + histogram.upper) / 2
        for (value, anchor) in [(histogram.lower, "start"), (middle, "middle"), (histogram.upper, "end")] {
            page.element(
                "text",
                ["class": "soft", "x": Decimals.coordinate(place(value)), "y": "133", "text-anchor": anchor],
                text: Decimals.text(value, 2))
        }
    }

    private func place(_ value: Double) -> Double {
        Self.width * max(0, min(1, (value - histogram.lower) / (histogram.upper - histogram.lower)))
    }

    private var heading: String {
        title + (mean.map { ", mean \(Cell.reward($0).shown)" } ?? "") + ", \(histogram.total) rewards"
    }

    private var spoken: String {
        "\(heading): "
            + histogram.counts.enumerated().filter { $0.element > 0 }.map { bin, count in
                let bounds = histogram.bounds(bin)
                return "\(Decimals.text(bounds.lower, 2)) to \(Decimals.text(bounds.upper, 2)) \(count)"
            }.joined(separator: ", ")
    }
}
