import Evaluation
public import JSONLines

extension Report {
    /// The report as one JSON object: everything it says, numbers in full.
    public var json: JSON {
        [
            "title": .string(title),
            "facts": .array(facts.map { ["name": .string($0.name), "value": $0.value.json] }),
            "sections": .array(
                sections.map { section in
                    [
                        "id": .string(section.id), "title": .string(section.title), "note": .string(section.note),
                        "blocks": .array(section.blocks.map(\.json)),
                    ]
                }),
        ]
    }
}

extension Report.Block {
    fileprivate var json: JSON {
        switch self {
        case .table(let table):
            [
                "kind": "table", "caption": .string(table.caption),
                "columns": .array(table.columns.map { .string($0) }),
                "rows": .array(table.rows.map { .array($0.map(\.json)) }),
            ]
        case .lines(let chart): chart.json
        case .histograms(let panels):
            ["kind": "histograms", "panels": .array(panels.map(\.json))]
        case .excerpt(let excerpt): excerpt.json
        case .listing(let text): ["kind": "listing", "text": .string(text)]
        }
    }
}

extension Cell {
    fileprivate var json: JSON {
        switch self {
        case .text(let text): .string(text)
        case .count(let count): .integer(Int64(count))
        case .number(let value, digits: _), .share(let value), .difference(let value), .p(let value),
            .seconds(let value):
            .number(value)
        case .estimate(let mean, let interval):
            ["mean": .number(mean), "interval": interval?.json ?? .null]
        case .interval(let interval): interval.json
        case .bytes(let count): Int64(exactly: count).map { .integer($0) } ?? .number(Double(count))
        case .none: .null
        }
    }
}

extension Interval {
    fileprivate var json: JSON { ["lower": .number(lower), "upper": .number(upper), "level": .number(level)] }
}

extension LineChart {
    fileprivate var json: JSON {
        [
            "kind": "lines", "title": .string(title), "steps": .array(steps.map { .string($0) }),
            "series": .array(
                series.map { series in
                    [
                        "name": .string(series.name),
                        "points": .array(
                            series.points.map { point in
                                [
                                    "step": .integer(Int64(point.step)), "value": .number(point.value),
                                    "interval": point.interval?.json ?? .null,
                                ]
                            }),
                    ]
                }),
        ]
    }
}

extension HistogramPanel {
    fileprivate var json: JSON {
        [
            "title": .string(title), "lower": .number(histogram.lower), "upper": .number(histogram.upper),
            "counts": .array(histogram.counts.map { .integer(Int64($0)) }), "mean": mean.map { .number($0) } ?? .null,
        ]
    }
}

extension Excerpt {
    fileprivate var json: JSON {
        [
            "kind": "excerpt", "task": .string(task), "row": .string(row), "reason": .string(reason),
            "request": .string(request),
            "texts": .array(
                texts.map { text in
                    [
                        "author": .string(text.author), "reward": text.reward.map { .number($0) } ?? .null,
                        "reasoning": .string(text.reasoning), "answer": text.answer.map { .string($0) } ?? .null,
                    ]
                }),
        ]
    }
}
