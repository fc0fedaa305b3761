/// What must hold in every run, whatever goes wrong.
public enum Invariant: Int, CaseIterable, Sendable {
    case finalDigest = 1
    case acceptedOnce
    case sameInputSameResult
    case iterationPolicy
    case termsIncrease
    case sealedForGood
    case announcedWhenDurable
    case fencedHasNoEffect
    case leaseIsReported
    case withinBounds
    case acknowledgedIsDone
    case corruptChangesNothing
    case attemptsAreCounted
    case endsAfterFaults
    case learningRandomness
    case journalIsState
    case sameSeedSameTrace
    case insideRunDirectory

    /// The rule in words.
    public var rule: String {
        switch self {
        case .finalDigest: "what is learned is what a run without faults learns"
        case .acceptedOnce: "a task is accepted at most once"
        case .sameInputSameResult: "the same input gives the same result digest"
        case .iterationPolicy: "accepted results were made with the iteration's policy"
        case .termsIncrease: "terms strictly increase and are on disk before anything is sent"
        case .sealedForGood: "what is sealed is on disk before anything follows from it, and never changes"
        case .announcedWhenDurable: "a policy is announced only after its commit and its delta are durable"
        case .fencedHasNoEffect: "nothing fenced has an effect, and a node has one process at a time"
        case .leaseIsReported: "each lease is reported held within two heartbeats and renewed in time, or given up"
        case .withinBounds: "leases, queued bytes and running tasks stay within their bounds"
        case .acknowledgedIsDone: "an acknowledged result is recorded now, or done again after a crash"
        case .corruptChangesNothing: "a corrupt message changes nothing"
        case .attemptsAreCounted: "attempts are one plus the losses that were counted"
        case .endsAfterFaults: "after faults stop the run ends within twice its fault-free time plus a minute"
        case .learningRandomness: "the inputs that randomness is keyed by are the same whatever happens"
        case .journalIsState: "a replay of the journal gives the live state"
        case .sameSeedSameTrace: "a seed gives the same trace twice"
        case .insideRunDirectory: "no file outside the run directory is touched"
        }
    }
}

/// A broken invariant.
public struct Violation: Error, Sendable, Equatable {
    /// Which one.
    public var invariant: Invariant
    /// Simulated time.
    public var time: Duration
    /// What was seen.
    public var detail: String
}
