/// What a metric is called, what it means, and how its values come about.
public struct MetricDefinition: Sendable, Equatable {
    /// Types of the text format.
    public enum Kind: Sendable, Equatable {
        /// Grows; begins at 0 with the process.
        case counter
        /// Goes up and down.
        case gauge
        /// Counts values at or below each bound.
        case histogram(bounds: [Double])
    }

    /// With its unit at the end, such as `reprise_task_seconds`.
    public let name: String
    /// One sentence.
    public let help: String
    /// Its type.
    public let kind: Kind
    /// Names of its labels.
    public let labels: [String]

    /// A metric.
    public init(_ name: String, _ kind: Kind, labels: [String] = [], _ help: String) {
        self.name = name
        self.kind = kind
        self.labels = labels
        self.help = help
    }

    /// The type's name.
    public var type: String {
        switch kind {
        case .counter: "counter"
        case .gauge: "gauge"
        case .histogram: "histogram"
        }
    }
}
