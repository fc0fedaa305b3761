import Synchronization

/// Many seeds, on several threads, until all are done or one fails.
public struct Batch: Sendable {
    /// The seeds.
    public var seeds: ClosedRange<UInt64>
    /// Threads.
    public var jobs: Int
    /// Every so many seeds one is run twice, and both runs have to be the same.
    public var repeatEvery: UInt64 = 50
    /// A seeded bug, by name.
    public var mutant: Mutant?

    /// A batch over these seeds.
    public init(seeds: ClosedRange<UInt64>, jobs: Int = 1, mutant: Mutant? = nil) {
        self.seeds = seeds
        self.jobs = max(1, jobs)
        self.mutant = mutant
    }

    /// What came of a batch.
    public struct Summary: Sendable {
        /// Seeds that ran.
        public var seeds = 0
        /// What happened in all of them together.
        public var coverage = Coverage()
        /// The failure with the lowest seed.
        public var failure: SeedReport?
    }

    /// What the threads share.
    private final class Board: Sendable {
        let state: Mutex<State>
        let truths = Truths()

        init(first: UInt64) { state = Mutex(State(next: first)) }
    }

    private struct State {
        var next: UInt64
        var isExhausted = false
        var summary = Summary()
    }

    /// Runs the batch.
    ///
    /// - Parameter progress: Called after every seed, from any thread, with how many are done.
    public func run(progress: @Sendable @escaping (Int) -> Void = { _ in }) async -> Summary {
        let board = Board(first: seeds.lowerBound)
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<jobs { group.addTask { work(board, progress) } }
        }
        return board.state.withLock { $0.summary }
    }

    private func work(_ board: Board, _ progress: (Int) -> Void) {
        while let seed = take(board) {
            var report = SeedRun(seed: seed, mutant: mutant).run(against: board.truths)
            if report.violation == nil, seed % repeatEvery == 0 { report.violation = difference(report, board.truths) }
            let done = board.state.withLock { state in
                state.summary.seeds += 1
                state.summary.coverage.add(report.coverage)
                if report.violation != nil, report.seed < state.summary.failure?.seed ?? .max {
                    state.summary.failure = report
                }
                return state.summary.seeds
            }
            progress(done)
        }
    }

    private func take(_ board: Board) -> UInt64? {
        board.state.withLock { state in
            guard !state.isExhausted, state.summary.failure == nil else { return nil }
            let seed = state.next
            if seed == seeds.upperBound { state.isExhausted = true } else { state.next = seed + 1 }
            return seed
        }
    }

    /// Runs the seed again and compares.
    private func difference(_ first: SeedReport, _ truths: Truths) -> Violation? {
        let second = SeedRun(seed: first.seed, mutant: mutant).run(against: truths)
        guard second.traceHash != first.traceHash else { return nil }
        return Violation(
            invariant: .sameSeedSameTrace, time: second.coverage.time, detail: "a second run of the seed differs")
    }
}
