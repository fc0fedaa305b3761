/// Values in Prometheus' text format, version 0.0.4: https://prometheus.io/docs/instrumenting/exposition_formats/
public struct MetricText: Sendable {
    /// Its media type.
    public static let type = "text/plain; version=0.0.4; charset=utf-8"

    /// Names and values of labels, in order.
    public typealias Labels = [(name: String, value: String)]

    private struct Family {
        let definition: MetricDefinition
        var lines: [String] = []
    }
    private var families: [Family] = []

    /// Nothing yet.
    public init() {}

    /// Adds the value of a counter or a gauge without labels.
    public mutating func add(_ definition: MetricDefinition, _ value: Double) { add(definition, [] as Labels, value) }

    /// Adds a value of a counter or a gauge. Values of one metric may come in any order.
    public mutating func add(_ definition: MetricDefinition, _ labels: KeyValuePairs<String, String>, _ value: Double) {
        add(definition, labels.map { (name: $0.key, value: $0.value) }, value)
    }

    mutating func add(_ definition: MetricDefinition, _ labels: Labels, _ value: Double) {
        append("\(definition.name)\(Self.text(labels)) \(Self.text(value))", of: definition)
    }

    /// Adds a histogram: values at or below each bound but above the one before, then those above all; and their sum.
    mutating func add(_ definition: MetricDefinition, _ labels: Labels, bounds: [Double], counts: [Int], sum: Double) {
        var below = 0
        for (bound, count) in zip(bounds + [.infinity], counts) {
            below += count
            let place = labels + [(name: "le", value: Self.text(bound))]
            append("\(definition.name)_bucket\(Self.text(place)) \(below)", of: definition)
        }
        append("\(definition.name)_sum\(Self.text(labels)) \(Self.text(sum))", of: definition)
        append("\(definition.name)_count\(Self.text(labels)) \(below)", of: definition)
    }

    /// The whole.
    public var text: String {
        families.reduce(into: "") { text, family in
            let help = family.definition.help.replacing("\\", with: "\\\\").replacing("\n", with: "\\n")
            text +=
                "# HELP \(family.definition.name) \(help)\n# TYPE \(family.definition.name) \(family.definition.type)\n"
            for line in family.lines { text += line + "\n" }
        }
    }

    private mutating func append(_ line: String, of definition: MetricDefinition) {
        if let index = families.firstIndex(where: { $0.definition.name == definition.name }) {
            families[index].lines.append(line)
        } else {
            families.append(Family(definition: definition, lines: [line]))
        }
    }

    private static func text(_ labels: Labels) -> String {
        guard !labels.isEmpty else { return "" }
        let pairs = labels.map { label in
            let value = label.value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
                .replacing("\n", with: "\\n")
            return "\(label.name)=\"\(value)\""
        }
        return "{\(pairs.joined(separator: ","))}"
    }

    private static func text(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        return Int64(exactly: value).map { "\($0)" } ?? "\(value)"
    }
}
