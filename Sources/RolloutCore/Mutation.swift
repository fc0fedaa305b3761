/// Seeded bugs: each breaks one rule of the protocol, and the simulator has to notice (mutation testing: DeMillo, Lipton and
/// Sayward, "Hints on Test Data Selection", IEEE Computer, 1978). A checker that has never rung may be unplugged.
///
/// Only this package can name a mutation, and only `reprise simulate --mutant` and the tests do; everything else runs with
/// `none`, which costs one comparison where a rule stands.
package enum Mutation: UInt8, Sendable, CaseIterable {
    // Coordinator
    case acceptsTwice
    case sealsWithoutSync
    case forgetsTerm
    case keepsLeases
    case renewsByLiveness
    case reducesByArrival
    case selectsByArrival
    case evaluatesLatestPolicy
    case letsFencedAct
    case announcesBeforeCommit
    case skipsAttempts
    case ignoresCredit
    case countsDuplicates
    case nullAfterOneFailure
    case dropsAfterLosses
    case forgetsAccepted
    case keepsReplacedProcess
    case acknowledgesUnfetched
    case acknowledgesUnrecorded
    case grantsInSetOrder
    case ignoresInputs
    // Node
    case sendsResultsOnce
    case keepsIncarnation
    // Shells, disk and wire of the simulation
    case ignoresChecksum
    case writesOnAfterSyncError
    case publishesBlobsUnsynced
    case readsWallClock
    case drawsByAttempt
    case seedsByTerm
    case namesFilesByPeer
}

/// The seeded bug of a run, normally none.
public struct Mutations: Sendable, Equatable {
    /// No seeded bug.
    public static let none = Mutations(nil)
    package let active: Mutation?
    package init(_ mutation: Mutation?) { active = mutation }
    func has(_ mutation: Mutation) -> Bool { active == mutation }
}
