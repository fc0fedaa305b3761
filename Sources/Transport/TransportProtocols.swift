public import RolloutCore
public import Wire
public import ZeroMQ

// The two sides of the cluster's one conversation. Both run on a poll loop. A service that owns a transport is a
// `PollLoopActor` of the same loop: then what it receives reaches it in order, as plain calls on its own thread, and it sends
// with `post` inside that call. Nothing is read from the network while a handler runs, so a busy service slows its peers
// down rather than filling its own memory.

/// What became of a message handed to a transport. None of these promises delivery: the protocol resends.
public enum SendOutcome: Sendable, Equatable {
    /// Handed to the network.
    case sent
    /// Waiting in the transport for room in the network.
    case queued
    /// Dropped: the queue is full.
    case dropped
    /// Dropped: the peer has gone.
    case unreachable
    /// The message breaks a bound of the wire and can never be sent.
    case unencodable(WireError)
}

/// The coordinator's side: many nodes, one session each.
///
/// A session is one connection; a node that reconnects gets a new one.
public protocol CoordinatorTransport: PollLoopActor {
    /// Begins to deliver: calls `receive` on the loop's thread, in order of arrival.
    func start(_ receive: @escaping @Sendable (SessionID, Envelope<NodeMessage>) -> Void)
    /// Sends to one node, without waiting.
    func send(_ envelope: Envelope<CoordinatorMessage>, to session: SessionID) -> SendOutcome
    /// Drops what waits for that session, and the session. If its peer speaks again, it is a new one.
    func forget(_ session: SessionID)
    /// What has happened so far.
    var counters: TransportCounters { get }
    /// Stops, waiting up to `linger` for what is not on the network yet. Done on return, or, when called while a message is
    /// being delivered, once that delivery has returned.
    func close(linger: Duration)
}

/// A node's side: one coordinator.
public protocol NodeTransport: PollLoopActor {
    /// Begins to deliver: calls `receive` on the loop's thread, in order of arrival.
    func start(_ receive: @escaping @Sendable (Envelope<CoordinatorMessage>) -> Void)
    /// Sends to the coordinator, without waiting.
    func send(_ envelope: Envelope<NodeMessage>) -> SendOutcome
    /// Drops what is queued and starts afresh on a new session: for a new incarnation.
    func reconnect()
    /// Whether there is a connection to a coordinator now.
    var isConnected: Bool { get }
    /// What has happened so far.
    var counters: TransportCounters { get }
    /// Stops, waiting up to `linger` for what is not on the network yet. Done on return, or, when called while a message is
    /// being delivered, once that delivery has returned.
    func close(linger: Duration)
}

extension CoordinatorTransport {
    /// `send` for callers that run on the same loop; a programmer's error elsewhere.
    @discardableResult
    public nonisolated func post(_ envelope: Envelope<CoordinatorMessage>, to session: SessionID) -> SendOutcome {
        assumeIsolated { $0.send(envelope, to: session) }
    }
}

extension NodeTransport {
    /// `send` for callers that run on the same loop; a programmer's error elsewhere.
    @discardableResult
    public nonisolated func post(_ envelope: Envelope<NodeMessage>) -> SendOutcome {
        assumeIsolated { $0.send(envelope) }
    }

    /// `reconnect` for callers that run on the same loop; a programmer's error elsewhere.
    public nonisolated func reconnectNow() { assumeIsolated { $0.reconnect() } }
}
