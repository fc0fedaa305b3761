import RolloutCore
import Transport

/// What a node says about connections that came to nothing.
struct ConnectionReport {
    /// What to do about it.
    enum Report: Equatable {
        /// Log it and go on trying.
        case line(String)
        /// Trying again is no use.
        case end(String)
    }

    private var counted = 0
    private var said: Instant?

    /// Looks at the counters; says a reason at once, and again every ten seconds while connections fail.
    mutating func report(on refused: [ConnectionRefusal: Int], at now: Instant) -> Report? {
        let total = refused.values.reduce(0, +)
        guard total > counted else { return nil }
        let reasons = ConnectionRefusal.allCases.filter { refused[$0] != nil }.map(\.atNode)
        if let final = reasons.first(where: \.isFinal) { return .end(final.explanation) }
        guard let reason = reasons.first, said.map({ $0.duration(to: now) >= .seconds(10) }) ?? true else { return nil }
        (counted, said) = (total, now)
        return .line("\(total) connections came to nothing: \(reason.explanation)")
    }
}
