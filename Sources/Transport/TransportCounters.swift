public import Wire

/// What a transport did and refused.
public struct TransportCounters: Sendable, Equatable {
    /// Why something that arrived was not delivered.
    public enum Refusal: Sendable, Hashable {
        /// The frame is not valid.
        case wire(WireError.Kind)
        /// A message of several frames, or none.
        case notOneFrame
        /// A new peer beyond the cap on sessions.
        case tooManySessions
        /// A peer whose key was revoked while it was connected.
        case notAdmitted
    }

    /// Messages delivered to the owner.
    public var received = 0
    /// Bytes of their frames.
    public var receivedBytes = 0
    /// Messages handed to the network.
    public var sent = 0
    /// Bytes of their frames.
    public var sentBytes = 0
    /// Messages not delivered, by reason.
    public var refused: [Refusal: Int] = [:]
    /// Messages not sent because a queue was full.
    public var dropped = 0
    /// Messages not sent because their peer had gone.
    public var unreachable = 0
    /// Connections that came up.
    public var connections = 0
    /// Connections that ended.
    public var disconnections = 0
    /// Connections refused, by reason.
    public var refusedConnections: [ConnectionRefusal: Int] = [:]
    /// Sessions begun.
    public var sessions = 0
    /// Sessions forgotten because nothing was heard of them, or they could not be reached.
    public var forgotten = 0

    /// All zero.
    public init() {}

    /// All messages refused.
    public var refusedTotal: Int { refused.values.reduce(0, +) }

    /// All connections refused.
    public var failedHandshakes: Int { refusedConnections.values.reduce(0, +) }

    mutating func refuse(_ reason: ConnectionRefusal) { refusedConnections[reason, default: 0] += 1 }
}
