import Logging
import RolloutCore
import Synchronization

/// Adds up what threads have done and tells it a few times a second.
final class SearchMeter: Sendable {
    private struct State {
        var done = 0
        var told: ContinuousClock.Instant?
    }

    private let split: Split
    private let total: Int
    private let report: (@Sendable (SearchProgress) -> Void)?
    private let began = ContinuousClock.now
    private let state = Mutex(State())

    init(split: Split, total: Int, report: (@Sendable (SearchProgress) -> Void)?) {
        self.split = split
        self.total = total
        self.report = report
    }

    func add(_ count: Int) {
        guard let report else { return }
        let progress: SearchProgress? = state.withLock { state in
            state.done += count
            let now = ContinuousClock.now
            if let told = state.told, told.duration(to: now) < .milliseconds(250), state.done < total { return nil }
            state.told = now
            return SearchProgress(split: split, done: state.done, total: total, elapsed: began.duration(to: now))
        }
        if let progress { report(progress) }
    }
}

/// Writes progress of the search to a log every ten seconds.
final class SearchLog: Sendable {
    private let logger: Logger
    private let last = Mutex(ContinuousClock.now)

    init(_ logger: Logger) { self.logger = logger }

    @Sendable func note(_ progress: SearchProgress) {
        let isDue = last.withLock { last in
            guard last.duration(to: .now) >= .seconds(10) else { return false }
            last = .now
            return true
        }
        guard isDue else { return }
        let left = progress.left.map { ", about \(Int(($0 / .seconds(1)).rounded())) s left" } ?? ""
        logger.info(
            "searching profiles of \(progress.split): \(progress.done) of \(progress.total) texts, \(Int(progress.rate))/s\(left)"
        )
    }
}
