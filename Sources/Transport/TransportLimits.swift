public import Wire

/// What a transport may hold.
public struct TransportLimits: Sendable {
    /// Bounds of each message.
    public var wire = WireLimits()
    /// Sessions a coordinator keeps.
    public var sessions = 4096
    /// A session is forgotten when nothing was heard of it for this long.
    public var idleSession: Duration = .seconds(300)
    /// A connection whose other end answers no ping for this long is ended: the end is dead, or has stopped reading.
    public var silentConnection: Duration = .seconds(10)
    /// Bytes of frames waiting for one peer, beyond libzmq's own queue.
    public var queuedBytes = 64 << 20
    /// Messages libzmq holds for one peer, each way.
    public var highWater: Int32 = 64
    /// Messages taken from a socket before other jobs of the loop have their turn.
    public var batch = 64
    /// How soon a full queue towards a node is tried again.
    public var retry: Duration = .milliseconds(2)

    /// The defaults.
    public init() {}
}
