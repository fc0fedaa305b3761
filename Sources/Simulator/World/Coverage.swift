import RolloutCore

/// What has happened in a run or a batch of runs. Faults that never struck and rare paths that were never taken prove
/// nothing, so a batch fails when one that is demanded of its size (`missing`) is zero.
public struct Coverage: Sendable, Equatable {
    /// Faults that struck, by class.
    public internal(set) var faults: [FaultClass: Int] = [:]
    /// Paths of the protocol that were taken, by name.
    public internal(set) var paths: [String: Int] = [:]
    /// Messages sent by both sides.
    public internal(set) var messages = 0
    /// Bytes sent by both sides.
    public internal(set) var bytes = 0
    /// Simulated time.
    public internal(set) var time = Duration.zero

    init() {}

    mutating func count(_ path: String, _ times: Int = 1) { if times > 0 { paths[path, default: 0] += times } }

    mutating func add(_ other: Coverage) {
        faults.merge(other.faults, uniquingKeysWith: +)
        paths.merge(other.paths, uniquingKeysWith: +)
        messages += other.messages
        bytes += other.bytes
        time += other.time
    }

    /// Takes over what one life of a coordinator counted.
    mutating func add(_ counters: Counters) {
        let machines = counters.infrastructure
        count("result accepted", counters.accepted)
        count("result accepted late", counters.acceptedLate)
        count("duplicate ignored", counters.duplicates)
        count("null result", counters.data.nullResults)
        count("deterministic failure", counters.data.deterministicFailures)
        count("lease expired", machines.expired)
        count("lease not reported", machines.notReported)
        count("process replaced", machines.replaced)
        count("system failure", machines.systemFailures)
        count("invalid result", machines.invalidResults)
        count("lease handed back", machines.released)
        count("delta not fetched", machines.fetchesFailed)
        count("lease taken up again", machines.adopted)
        count("straggler leased again", machines.speculated)
        count("fenced", machines.fenced)
        count("stale message ignored", machines.stale)
        count("node refused", machines.rejected)
    }

    /// Paths that a batch of `commonSeeds` seeds takes: each one's mean in so many is above 20, so one batch in 10^8
    /// misses it.
    public static let common =
        [
            "result accepted late", "duplicate ignored", "null result", "deterministic failure", "lease expired",
            "lease not reported", "process replaced", "system failure", "invalid result", "lease handed back",
            "lease taken up again", "straggler leased again", "fenced", "stale message ignored", "node refused",
            "damaged frame refused", "message cut off", "queue full, message dropped", "node exited in silence",
            "node rejoined a new term", "node fenced as another incarnation", "work stopped in silence",
            "pause noticed", "journal tail lost", "acknowledged result done again", "disk full", "fsync failed",
            "rot refused at recovery", "training set written again", "lost weights trained again",
            "crash between seal and training", "crash while training", "run outlived its faults",
            "another answer ignored", "learned again from what was recorded", "delta not fetched",
        ] + Boundary.allCases.map { "crash \($0.rawValue)" }

    /// Paths that take luck: only a batch of `rareSeeds` seeds can be asked for them.
    public static let rare = [
        "crash after the end", "rot refused after the end", "quarantined, resumed by a person",
        "lost weights of a program refused",
    ]

    /// Seeds after which every class of faults has struck and every path of `common` was taken.
    public static let commonSeeds = 2000
    /// Seeds after which every path of `rare` was taken too.
    public static let rareSeeds = 30_000

    /// What a batch of so many clean seeds should have seen and has not.
    public func missing(after seeds: Int) -> [String] {
        guard seeds >= Self.commonSeeds else { return [] }
        let demanded = seeds >= Self.rareSeeds ? Self.common + Self.rare : Self.common
        return demanded.filter { paths[$0] == nil }
            + FaultClass.allCases.filter { faults[$0] == nil }.map { "fault \($0.rawValue)" }
    }
}
