public import Configuration
import Synchronization

/// Counts what has been done, from whatever thread does it.
public final class FaultLedger: Sendable {
    /// Counts so far.
    public struct Tally: Sendable, Equatable {
        /// By kind and whom it struck.
        public var counts: [FaultKind: [FaultTarget: Int]] = [:]
        /// Injections that found nobody to strike, by kind.
        public var missed: [FaultKind: Int] = [:]
        /// Messages that ended in a cut connection.
        public var cutMessages = 0
        /// Messages passed on, struck or not.
        public var messages = 0
        /// When the last fault struck, from the cluster's start.
        public var last: Duration?

        /// Nothing yet.
        public init() {}

        /// How often a kind struck.
        public func count(_ kind: FaultKind) -> Int { counts[kind]?.values.reduce(0, +) ?? 0 }

        /// All kinds together.
        public var total: Int { FaultKind.allCases.reduce(0) { $0 + count($1) } }

        /// Kinds that struck at least once, in order.
        public var kinds: [FaultKind] { FaultKind.allCases.filter { count($0) > 0 } }
    }

    private let state = Mutex(Tally())

    /// Nothing yet.
    public init() {}

    /// Counts so far.
    public var tally: Tally { state.withLock { $0 } }

    func struck(_ kind: FaultKind, _ target: FaultTarget, at now: Duration) {
        state.withLock { tally in
            tally.counts[kind, default: [:]][target, default: 0] += 1
            tally.last = max(tally.last ?? .zero, now)
        }
    }

    func missed(_ kind: FaultKind) { state.withLock { $0.missed[kind, default: 0] += 1 } }

    func passed(isCut: Bool) {
        state.withLock { tally in
            if isCut { tally.cutMessages += 1 } else { tally.messages += 1 }
        }
    }
}
