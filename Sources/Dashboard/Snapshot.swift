import Evaluation
import RolloutCore
import RunStore

/// The run as everybody who looks sees it this second: read once, however many look.
struct Snapshot: Sendable {
    /// What changes every second.
    struct Live: Sendable {
        var summary: RunSummary
        var tallies: [GroupTally]
        var leases: [LeaseRow]
        /// The newest first.
        var events: [EventRow]
        var losses: [LossPoint]
    }

    /// What takes long to count in a large run, and may be a little older.
    struct Counts: Sendable {
        var rewards: [BinCount] = []
        var range: ClosedRange<Double>?
        var work: [NodeWork] = []
        var endings: [EndingCount] = []
    }

    var live: Live
    var counts: Counts
    /// When it was read, in seconds since 1970.
    var readAt: Double

    var summary: RunSummary { live.summary }

    /// Bins of the reward histograms.
    static let bins = 24

    /// Rewards of an iteration's trajectories; nil while there are none.
    func histogram(of iteration: UInt32) -> Histogram? {
        guard let range = counts.range, range.lowerBound < range.upperBound else { return nil }
        var histogram = Histogram(lower: range.lowerBound, upper: range.upperBound, bins: Self.bins)
        for bin in counts.rewards where bin.iteration == iteration {
            let bounds = histogram.bounds(bin.bin)
            histogram.add((bounds.lower + bounds.upper) / 2, times: bin.count)
        }
        return histogram.total > 0 ? histogram : nil
    }
}

extension RunReader {
    /// - Throws: `RunStoreError` when the run has not begun, or is damaged.
    func live() throws(RunStoreError) -> Snapshot.Live {
        Snapshot.Live(
            summary: try summary(), tallies: try tallies(), leases: try leases(limit: 100),
            events: try events(limit: 40), losses: try losses(points: 120))
    }

    /// - Throws: `RunStoreError` when the journal cannot be read.
    func counts() throws(RunStoreError) -> Snapshot.Counts {
        let range = try rewardRange()
        return Snapshot.Counts(
            rewards: try range.map { range throws(RunStoreError) in try rewardCounts(in: range, bins: Snapshot.bins) }
                ?? [],
            range: range, work: try work(), endings: try endings())
    }
}
