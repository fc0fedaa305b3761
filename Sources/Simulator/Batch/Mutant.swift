package import RolloutCore

/// A seeded bug, the invariant that notices it, and seeds among which it does. Who breaks the code under test and hears
/// nothing has found a hole in the simulator.
public struct Mutant: Sendable, Equatable {
    /// As `--mutant` takes it.
    public var name: String { "\(mutation)" }
    /// What is broken.
    public let explanation: String
    /// Invariants of which one has to be the first to break.
    public let invariants: [Invariant]
    /// Seeds among which it is caught.
    public let seeds: ClosedRange<UInt64>
    package let mutation: Mutation

    private init(
        _ mutation: Mutation, _ explanation: String, _ invariants: [Invariant], seeds: ClosedRange<UInt64> = 1...2000
    ) {
        self.mutation = mutation
        self.explanation = explanation
        self.invariants = invariants
        self.seeds = seeds
    }

    /// The mutant of that name.
    public static func named(_ name: String) -> Mutant? { all.first { $0.name == name } }

    /// Every mutant there is.
    public static let all: [Mutant] = Mutation.allCases.map { mutation in
        switch mutation {
        case .acceptsTwice: Mutant(mutation, "a result that comes again is recorded again", [.acceptedOnce])
        case .sealsWithoutSync: Mutant(mutation, "a seal is not synced", [.sealedForGood])
        case .forgetsTerm: Mutant(mutation, "the term is not recorded", [.termsIncrease])
        case .keepsLeases: Mutant(mutation, "leases never expire", [.leaseIsReported])
        case .renewsByLiveness: Mutant(mutation, "any sign of life renews all leases", [.leaseIsReported])
        case .reducesByArrival: Mutant(mutation, "sums follow the order of arrival", [.finalDigest])
        case .selectsByArrival: Mutant(mutation, "the selection leaves out what came last", [.finalDigest])
        case .evaluatesLatestPolicy:
            Mutant(mutation, "evaluations use whatever policy is the latest", [.iterationPolicy, .acknowledgedIsDone])
        case .letsFencedAct:
            Mutant(mutation, "messages of fenced processes count", [.fencedHasNoEffect, .endsAfterFaults])
        case .announcesBeforeCommit:
            Mutant(mutation, "a policy is announced before its commit", [.announcedWhenDurable])
        case .skipsAttempts: Mutant(mutation, "a lost lease counts as two attempts", [.attemptsAreCounted])
        case .ignoresCredit: Mutant(mutation, "leases are granted beyond the credit", [.withinBounds])
        case .countsDuplicates: Mutant(mutation, "a duplicate counts as accepted", [.acceptedOnce])
        case .nullAfterOneFailure: Mutant(mutation, "one node's failure makes a null result", [.finalDigest])
        case .dropsAfterLosses: Mutant(mutation, "a task lost twice is dropped", [.finalDigest])
        case .forgetsAccepted:
            Mutant(mutation, "recovery forgets accepted results", [.acceptedOnce, .journalIsState])
        case .keepsReplacedProcess:
            Mutant(mutation, "a node's old process stays a member beside the new one", [.fencedHasNoEffect])
        case .acknowledgesUnfetched:
            Mutant(mutation, "a training is acknowledged before its delta is here", [.acknowledgedIsDone])
        case .acknowledgesUnrecorded:
            Mutant(mutation, "a late result is acknowledged and not recorded", [.acknowledgedIsDone])
        case .grantsInSetOrder: Mutant(mutation, "leases go to members in the order of a set", [.sameSeedSameTrace])
        case .ignoresInputs:
            Mutant(mutation, "a result counts whatever it was made from", [.iterationPolicy, .finalDigest])
        case .sendsResultsOnce: Mutant(mutation, "a node sends its results once", [.endsAfterFaults])
        case .keepsIncarnation: Mutant(mutation, "a fenced node keeps its incarnation", [.endsAfterFaults])
        case .ignoresChecksum: Mutant(mutation, "the checksum of frames is not looked at", [.corruptChangesNothing])
        case .writesOnAfterSyncError:
            Mutant(mutation, "the journal goes on after an fsync that failed", [.sealedForGood, .termsIncrease])
        case .publishesBlobsUnsynced:
            Mutant(mutation, "blobs are renamed before they are synced", [.announcedWhenDurable])
        case .readsWallClock: Mutant(mutation, "leases live by the wall clock", [.endsAfterFaults])
        case .drawsByAttempt: Mutant(mutation, "random numbers depend on the attempt", [.sameInputSameResult])
        case .seedsByTerm: Mutant(mutation, "the seed depends on the term", [.learningRandomness])
        case .namesFilesByPeer: Mutant(mutation, "a file is named by what a peer says", [.insideRunDirectory])
        }
    }
}
