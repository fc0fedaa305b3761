import RolloutCore
import ZeroMQ

/// The sessions of a ROUTER: which routing id is which, what waits for it, and when it was last heard.
struct SessionTable {
    struct Session {
        let routingID: [UInt8]
        /// Of the node, where connections have one.
        let key: CurvePublicKey?
        var lastHeard: ContinuousClock.Instant
        var queue: OutQueue
    }

    /// Most sessions at a time.
    let capacity: Int
    /// Bytes that may wait for one session.
    let queueLimit: Int
    private var sessions: [SessionID: Session] = [:]
    private var identifiers: [[UInt8]: SessionID] = [:]
    private var next: UInt64 = 1

    init(capacity: Int, queueLimit: Int) {
        self.capacity = capacity
        self.queueLimit = queueLimit
    }

    var count: Int { sessions.count }

    subscript(session: SessionID) -> Session? {
        get { sessions[session] }
        set { sessions[session] = newValue }
    }

    /// The session of a routing id that was just heard, if it has one.
    mutating func heard(_ routingID: [UInt8], at now: ContinuousClock.Instant) -> SessionID? {
        guard let known = identifiers[routingID] else { return nil }
        sessions[known]?.lastHeard = now
        return known
    }

    /// A session for a routing id that has none; `nil` when there is no room.
    mutating func add(
        _ routingID: [UInt8], key: CurvePublicKey? = nil, at now: ContinuousClock.Instant
    ) -> SessionID? {
        guard sessions.count < capacity else { return nil }
        let session = SessionID(rawValue: next)
        next += 1
        identifiers[routingID] = session
        sessions[session] = Session(
            routingID: routingID, key: key, lastHeard: now, queue: OutQueue(limit: queueLimit))
        return session
    }

    /// Sessions with such a key, in the order they began.
    func sessions(where condition: (CurvePublicKey?) -> Bool) -> [SessionID] {
        sessions.filter { condition($0.value.key) }.keys.sorted()
    }

    /// `true` when there was such a session.
    mutating func forget(_ session: SessionID) -> Bool {
        guard let old = sessions.removeValue(forKey: session) else { return false }
        identifiers.removeValue(forKey: old.routingID)
        return true
    }

    /// Forgets the sessions last heard before `limit`, and says how many.
    mutating func forgetIdle(before limit: ContinuousClock.Instant) -> Int {
        let idle = sessions.filter { $0.value.lastHeard < limit }.map(\.key)
        return idle.count { forget($0) }
    }
}
