import CoreMetrics
import Foundation
import Testing

@testable import Exposition

@Suite struct MetricRegistryTests {
    private let registry = MetricRegistry([
        MetricDefinition("second", .gauge, labels: ["node"], "Second."),
        MetricDefinition("first_total", .counter, labels: ["kind"], "First."),
        MetricDefinition("third_seconds", .histogram(bounds: [1, 2]), "Third."),
    ])

    private var lines: [String] { registry.text.split(separator: "\n").map(String.init).filter { !$0.hasPrefix("#") } }

    @Test func keepsWhatIsDefinedInItsOrder() {
        Counter(label: "first_total", dimensions: [("kind", "a")], factory: registry).increment(by: 2)
        Counter(label: "first_total", dimensions: [("kind", "b")], factory: registry).increment()
        // The same labels are the same series.
        Counter(label: "first_total", dimensions: [("kind", "a")], factory: registry).increment()
        Gauge(label: "second", dimensions: [("node", "x")], factory: registry).record(7)
        Gauge(label: "second", dimensions: [("node", "x")], factory: registry).record(5.5)
        Counter(label: "unknown_total", factory: registry).increment()
        #expect(lines == ["second{node=\"x\"} 5.5", "first_total{kind=\"a\"} 3", "first_total{kind=\"b\"} 1"])
    }

    @Test func durationsAreSecondsInTheirBins() {
        let timer = CoreMetrics.Timer(label: "third_seconds", factory: registry)
        for milliseconds in [500, 1000, 1500, 9000] { timer.recordNanoseconds(Int64(milliseconds) * 1_000_000) }
        #expect(
            lines == [
                "third_seconds_bucket{le=\"1\"} 2", "third_seconds_bucket{le=\"2\"} 3",
                "third_seconds_bucket{le=\"+Inf\"} 4", "third_seconds_sum 12", "third_seconds_count 4",
            ])
        Recorder(label: "third_seconds", factory: registry).record(Double.nan)
        #expect(lines.last == "third_seconds_count 4")
    }

    @Test func whatIsDestroyedIsGone() {
        let gauge = Gauge(label: "second", dimensions: [("node", "x")], factory: registry)
        gauge.record(1)
        Gauge(label: "second", dimensions: [("node", "y")], factory: registry).record(2)
        gauge.destroy()
        #expect(lines == ["second{node=\"y\"} 2"])
    }
}

@Suite struct RunMetricsTests {
    @Test func namesSayTheirUnits() throws {
        #expect(Set(RunMetrics.all.map(\.name)).count == RunMetrics.all.count)
        for metric in RunMetrics.all {
            #expect(metric.name.hasPrefix("reprise_"))
            #expect(metric.name.hasSuffix("_total") == (metric.kind == .counter), "\(metric.name)")
            #expect(metric.name.allSatisfy { $0.isLowercase || $0 == "_" }, "\(metric.name)")
            #expect(metric.help.hasSuffix("."), "\(metric.name)")
        }
    }

    @Test func everyMetricIsDocumented() throws {
        let path = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../cluster/grafana/")
        let readme = try String(contentsOf: path.appending(path: "README.md"), encoding: .utf8)
        for metric in RunMetrics.all {
            let labels = metric.labels.isEmpty ? "–" : metric.labels.map { "`\($0)`" }.joined(separator: ", ")
            #expect(
                readme.contains("| `\(metric.name)` | \(metric.type) | \(labels) | \(metric.help) |"), "\(metric.name)")
        }
        // And the ready dashboard asks for nothing else.
        let board = try String(contentsOf: path.appending(path: "reprise.json"), encoding: .utf8)
        let asked = board.matches(of: /reprise_[a-z_]+/).map { String($0.output) }
        #expect(asked.count > 15)
        let given = Set(RunMetrics.all.flatMap { [$0.name, $0.name + "_bucket"] })
        for name in asked { #expect(given.contains(name), "\(name)") }
    }
}
