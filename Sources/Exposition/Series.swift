import CoreMetrics
import Synchronization

/// The values of one metric with one set of labels.
final class Series: Sendable {
    private struct State {
        var value = 0.0
        var counts: [Int] = []
    }

    let definition: MetricDefinition
    let labels: MetricText.Labels
    private let bounds: [Double]
    private let state: Mutex<State>

    init(_ definition: MetricDefinition, _ labels: MetricText.Labels) {
        self.definition = definition
        self.labels = labels
        if case .histogram(let bounds) = definition.kind { self.bounds = bounds } else { bounds = [] }
        state = Mutex(State(counts: [Int](repeating: 0, count: bounds.count + 1)))
    }

    func write(to text: inout MetricText) {
        let state = state.withLock { $0 }
        if case .histogram = definition.kind {
            text.add(definition, labels, bounds: bounds, counts: state.counts, sum: state.value)
        } else {
            text.add(definition, labels, state.value)
        }
    }

    /// Counts a value in a histogram, and is the value of anything else.
    private func observe(_ value: Double) {
        state.withLock { state in
            if case .histogram = definition.kind {
                guard !value.isNaN else { return }
                state.counts[bounds.firstIndex { value <= $0 } ?? bounds.count] += 1
                state.value += value
            } else {
                state.value = value
            }
        }
    }

    private func add(_ amount: Double) { state.withLock { $0.value += amount } }
}

extension Series: CounterHandler {
    func increment(by amount: Int64) { add(Double(amount)) }
    func reset() { state.withLock { $0.value = 0 } }
}

extension Series: FloatingPointCounterHandler {}

extension Series: MeterHandler {
    func set(_ value: Int64) { observe(Double(value)) }
    func set(_ value: Double) { observe(value) }
    func increment(by amount: Double) { add(amount) }
    func decrement(by amount: Double) { add(-amount) }
}

extension Series: RecorderHandler {
    func record(_ value: Int64) { observe(Double(value)) }
    func record(_ value: Double) { observe(value) }
}

extension Series: TimerHandler {
    func recordNanoseconds(_ duration: Int64) { observe(Double(duration) / 1e9) }
}
