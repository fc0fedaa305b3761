public import CoreMetrics
import Synchronization

/// Keeps what swift-metrics is told, for Prometheus to fetch.
///
/// Only metrics with a definition are kept; durations are kept in seconds.
public final class MetricRegistry: MetricsFactory {
    private struct Key: Hashable {
        let name: String
        let labels: [String]
    }
    private struct State {
        var series: [Key: Series] = [:]
        /// In the order they first came.
        var keys: [Key] = []
    }

    private let definitions: [String: MetricDefinition]
    private let order: [MetricDefinition]
    private let state = Mutex(State())

    /// Keeps these metrics.
    public init(_ definitions: [MetricDefinition]) {
        order = definitions
        self.definitions = Dictionary(definitions.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// Everything, metric by metric in the order of their definitions.
    public var text: String {
        let (series, keys) = state.withLock { ($0.series, $0.keys) }
        var text = MetricText()
        for definition in order {
            for key in keys where key.name == definition.name { series[key]?.write(to: &text) }
        }
        return text.text
    }

    private func series(_ label: String, _ dimensions: [(String, String)]) -> Series? {
        guard let definition = definitions[label] else { return nil }
        let key = Key(name: label, labels: dimensions.flatMap { [$0.0, $0.1] })
        return state.withLock { state in
            if let series = state.series[key] { return series }
            let series = Series(definition, dimensions.map { (name: $0.0, value: $0.1) })
            state.series[key] = series
            state.keys.append(key)
            return series
        }
    }

    private func forget(_ handler: AnyObject) {
        guard let series = handler as? Series else { return }
        let key = Key(name: series.definition.name, labels: series.labels.flatMap { [$0.name, $0.value] })
        state.withLock { state in
            state.series[key] = nil
            state.keys.removeAll { $0 == key }
        }
    }

    // MARK: - MetricsFactory

    /// A counter, or one that keeps nothing.
    public func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        series(label, dimensions) ?? NOOPMetricsHandler.instance
    }

    /// A counter of fractions, or one that keeps nothing.
    public func makeFloatingPointCounter(
        label: String, dimensions: [(String, String)]
    ) -> any FloatingPointCounterHandler {
        series(label, dimensions) ?? NOOPMetricsHandler.instance
    }

    /// A gauge, or one that keeps nothing.
    public func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        series(label, dimensions) ?? NOOPMetricsHandler.instance
    }

    /// A histogram or a gauge, or one that keeps nothing.
    public func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
        series(label, dimensions) ?? NOOPMetricsHandler.instance
    }

    /// A histogram of seconds, or one that keeps nothing.
    public func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        series(label, dimensions) ?? NOOPMetricsHandler.instance
    }

    /// Takes the series out.
    public func destroyCounter(_ handler: any CounterHandler) { forget(handler) }
    /// Takes the series out.
    public func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) { forget(handler) }
    /// Takes the series out.
    public func destroyMeter(_ handler: any MeterHandler) { forget(handler) }
    /// Takes the series out.
    public func destroyRecorder(_ handler: any RecorderHandler) { forget(handler) }
    /// Takes the series out.
    public func destroyTimer(_ handler: any TimerHandler) { forget(handler) }
}
