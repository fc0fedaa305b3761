import Foundation
import RolloutCore
import Simulator
import Synchronization

/// A batch of seeds, shown while it runs and summed up at its end.
struct BatchView {
    private let batch: Batch
    private let commit: String?

    init(_ batch: Batch, commit: String?) {
        self.batch = batch
        self.commit = commit
    }

    private final class Screen: Sendable {
        private let state = Mutex((screen: LiveScreen(), shown: ContinuousClock.Instant?.none))
        private let began = ContinuousClock.now
        private let total: Int

        init(total: Int) { self.total = total }

        var elapsed: Duration { began.duration(to: .now) }

        func show(_ done: Int) {
            state.withLock { state in
                let now = ContinuousClock.now
                guard began.duration(to: now) > .seconds(2) else { return }
                if let shown = state.shown, shown.duration(to: now) < .milliseconds(200) { return }
                state.shown = now
                let rate = Double(done) / (elapsed / .seconds(1))
                let left = Format.duration(.seconds(Double(total - done) / max(rate, 1e-9)))
                let line =
                    "\(Format.bar(Double(done) / Double(total)))  \(done)/\(total) seeds  "
                    + "\(Format.number(rate)) seeds/s  \(left) left"
                state.screen.show([line], plain: line)
            }
        }

        func clear() { state.withLock { $0.screen.clear() } }
    }

    /// - Throws: `Failure` when an invariant broke, or when what has to occur in so large a batch did not.
    func run() async throws {
        let total = Int(batch.seeds.count)
        let screen = Screen(total: total)
        let summary = await batch.run { screen.show($0) }
        screen.clear()
        let elapsed = screen.elapsed
        for line in lines(summary, elapsed) { print(line) }
        if let report = summary.failure, let failure = SeedView.failure(report, commit: commit) { throw failure }
        let missing = summary.coverage.missing(after: total)
        if !missing.isEmpty {
            throw Failure(
                .broken,
                "\(total) seeds are clean, but never saw: \(missing.joined(separator: ", ")); draw faults that do.")
        }
    }

    private func lines(_ summary: Batch.Summary, _ elapsed: Duration) -> [String] {
        let coverage = summary.coverage
        let seconds = max(elapsed / .seconds(1), 1e-9)
        var faults = Table(["fault", "times"])
        for (faultClass, times) in coverage.faults.sorted(by: { $0.key < $1.key }) {
            faults.add([faultClass.rawValue, "\(times)"])
        }
        var paths = Table(["path", "times"])
        for (path, times) in coverage.paths.sorted(by: { $0.key < $1.key }) { paths.add([path, "\(times)"]) }
        let rate = Double(summary.seeds) / seconds
        return [
            "\(summary.seeds.counted("seed")) from \(batch.seeds.lowerBound), \(Format.number(coverage.time / .seconds(3600))) h simulated, "
                + "\(coverage.messages) messages of \(Format.bytes(coverage.bytes)) in \(Format.duration(elapsed)): "
                + "\(Format.number(rate)) seeds/s, \(Format.number(rate / Double(batch.jobs))) a thread", "",
        ] + faults.lines + [""] + paths.lines
    }
}
