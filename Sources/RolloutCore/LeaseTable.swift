/// One lease that has neither ended in a result nor been lost.
struct HeldLease: Sendable, Equatable {
    var attempt: Attempt
    var granted: Instant
    var expires: Instant
    /// Heartbeats in a row that did not list it.
    var missed = 0
    /// Whether its holder ever listed it, so the Lease certainly arrived.
    var isReported = false
}

/// The leases of every member, in the order of their grant.
///
/// A lease is renewed only by a heartbeat that lists it, not by its holder being alive: renewing every lease of a live node
/// would keep alive those whose Lease message was lost. A lease that two heartbeats in a row do not list was lost on its
/// way or dropped, and is requeued long before it expires. One heartbeat may have crossed the Lease.
struct LeaseTable: Sendable, Equatable {
    static let missedLimit = 2

    private var held: [Incarnation: [HeldLease]] = [:]
    /// Counts how often leases ended.
    private(set) var ends = 0
    var mutations = Mutations.none

    func of(_ holder: Incarnation) -> [HeldLease] { held[holder] ?? [] }

    mutating func grant(
        _ attempt: Attempt, to holder: Incarnation, at now: Instant, for duration: Duration, isReported: Bool = false
    ) {
        held[holder, default: []].append(
            HeldLease(
                attempt: attempt, granted: now, expires: now.advanced(by: duration), isReported: isReported))
    }

    mutating func end(_ attempt: Attempt, of holder: Incarnation) {
        held[holder]?.removeAll { $0.attempt == attempt }
        ends += 1
    }

    mutating func endAll(of holder: Incarnation) -> [HeldLease] {
        ends += 1
        return held.removeValue(forKey: holder) ?? []
    }

    struct Report: Equatable {
        /// Leases given up as not reported.
        var missing: [HeldLease] = []
        /// Listed attempts that are no lease of the holder.
        var strays: [Attempt] = []
    }

    /// Renews what a heartbeat lists.
    mutating func report(_ listed: [Attempt], by holder: Incarnation, until expires: Instant) -> Report {
        var report = Report()
        var strays = Set(listed)
        var kept: [HeldLease] = []
        for var lease in held[holder] ?? [] {
            if strays.remove(lease.attempt) != nil {
                lease.expires = expires
                lease.missed = 0
                lease.isReported = true
                kept.append(lease)
            } else if mutations.has(.renewsByLiveness) {
                lease.expires = expires
                kept.append(lease)
            } else {
                lease.missed += 1
                if lease.missed < Self.missedLimit { kept.append(lease) } else { report.missing.append(lease) }
            }
        }
        held[holder] = kept.isEmpty ? nil : kept
        if !report.missing.isEmpty { ends += 1 }
        report.strays = strays.sorted()
        return report
    }

    /// Ends and returns the leases of a holder that were not renewed in time.
    mutating func expired(of holder: Incarnation, at now: Instant) -> [HeldLease] {
        guard let leases = held[holder], leases.contains(where: { $0.expires <= now }) else { return [] }
        held[holder] = leases.filter { $0.expires > now }
        ends += 1
        return leases.filter { $0.expires <= now }
    }

    mutating func forgive(_ gap: Duration) {
        for holder in held.keys {
            held[holder] = held[holder]?.map { lease in
                var lease = lease
                lease.granted = lease.granted.advanced(by: gap)
                lease.expires = lease.expires.advanced(by: gap)
                return lease
            }
        }
    }
}
