/// Makes a failing seed's faults as few as still break the same invariant: first whole classes are left out, then events, by
/// halves and then one by one (delta debugging: Zeller and Hildebrandt, IEEE TSE 2002).
public struct Shrinking {
    private let truths: Truths
    private let invariant: Invariant
    /// What is left so far.
    public private(set) var run: SeedRun
    /// Runs made.
    public private(set) var tries = 0

    /// - Parameter report: The failure to keep.
    public init?(_ run: SeedRun, report: SeedReport, truths: Truths) {
        guard let violation = report.violation else { return nil }
        self.run = run
        self.truths = truths
        invariant = violation.invariant
    }

    /// Shrinks until nothing more can go.
    ///
    /// - Parameter progress: Called after every run, with what is left.
    public mutating func shrink(progress: (Shrinking) -> Void = { _ in }) {
        for faultClass in run.classes.sorted() {
            var smaller = run
            smaller.classes.remove(faultClass)
            if stillFails(smaller, progress) { run = smaller }
        }
        var events = Array(run.scenario.faults.events.indices)
        var size = max(1, events.count / 2)
        while !events.isEmpty {
            var start = 0
            while start < events.count {
                var smaller = run
                smaller.events = Array(events[..<start] + events[min(start + size, events.count)...])
                if stillFails(smaller, progress) {
                    events = smaller.events ?? []
                    run = smaller
                } else {
                    start += size
                }
            }
            if size == 1 { break }
            size = max(1, size / 2)
        }
    }

    private mutating func stillFails(_ candidate: SeedRun, _ progress: (Shrinking) -> Void) -> Bool {
        tries += 1
        defer { progress(self) }
        return candidate.run(against: truths).violation?.invariant == invariant
    }
}
