/// Estimates how much longer a comparison takes, from what its finished runs took.
///
/// Runs of one system take about the same. What a system takes that has not run yet is estimated from the others by the
/// number of policies: each is trained and evaluated, and all but the first come after an E-step.
struct ComparisonClock {
    /// One run: what it is called, and how many policies it makes.
    struct Run: Equatable {
        var system: String
        var policies: Int
    }

    private var finished: [(run: Run, seconds: Double)] = []

    /// Notes what a run took from its beginning to its end.
    mutating func add(_ run: Run, seconds: Double) { finished.append((run, seconds)) }

    /// Seconds until all of the runs are over, the first of which has gone on for `elapsed`; nil when nothing is known.
    func secondsLeft(_ runs: [Run], elapsed: Double) -> Double? {
        guard let current = runs.first, let first = expected(current) else { return nil }
        return max(0, first - elapsed) + runs.dropFirst().reduce(0) { $0 + (expected($1) ?? 0) }
    }

    private func expected(_ run: Run) -> Double? {
        let alike = finished.filter { $0.run.system == run.system }
        if !alike.isEmpty { return alike.reduce(0) { $0 + $1.seconds } / Double(alike.count) }
        let policies = finished.reduce(0) { $0 + $1.run.policies }
        guard policies > 0 else { return nil }
        return finished.reduce(0) { $0 + $1.seconds } / Double(policies) * Double(run.policies)
    }
}
