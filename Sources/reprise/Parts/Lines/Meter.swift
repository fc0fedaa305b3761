import Foundation
import Synchronization

/// Progress of a part's work: a line on standard error once it has taken two seconds, only where standard error is a
/// terminal and the results do not go to that terminal too.
final class Meter: Sendable {
    private struct State {
        var screen = LiveScreen()
        var done = 0
        var tokens = 0
        var shown: ContinuousClock.Instant?
    }

    private let title: String
    private let unit: String
    private let total: Int
    private let isShown: Bool
    private let began = ContinuousClock.now
    private let state = Mutex(State())

    /// - Parameter unit: what is counted, "lines" for example.
    init(title: String, unit: String, total: Int) {
        self.title = title
        self.unit = unit
        self.total = total
        isShown = LiveScreen().isTerminal && isatty(FileHandle.standardOutput.fileDescriptor) == 0
    }

    /// Counts what has been done since the last call; may be called from any thread.
    func add(_ done: Int, tokens: Int = 0) {
        guard isShown else { return }
        state.withLock { state in
            state.done += done
            state.tokens += tokens
            let now = ContinuousClock.now
            guard began.duration(to: now) > .seconds(2) else { return }
            if let shown = state.shown, shown.duration(to: now) < .milliseconds(200) { return }
            state.shown = now
            let line = line(state, elapsed: began.duration(to: now))
            state.screen.show([line], plain: line)
        }
    }

    /// Takes the line away.
    func end() {
        guard isShown else { return }
        state.withLock { $0.screen.clear() }
    }

    private func line(_ state: State, elapsed: Duration) -> String {
        let share = Double(state.done) / Double(max(1, total))
        var line = "\(title)  \(Format.bar(share))  \(state.done)/\(total) \(unit)"
        if state.tokens > 0 { line += "  \(Int(Double(state.tokens) / (elapsed / .seconds(1)))) tokens/s" }
        if state.done > 0, state.done < total {
            line += "  \(Format.duration(elapsed * (Double(total - state.done) / Double(state.done)))) left"
        }
        return line
    }
}
