import CZeroMQ

// libzmq's defaults wait for ever, buffer without bound and drop in silence; these do not.

/// What a socket is set to before it binds or connects.
public struct SocketOptions: Sendable {
    /// How long closing waits for unsent messages. libzmq's default is for ever.
    public var linger: Duration = .zero
    /// DEALER: queue only to peers that are there.
    public var immediate = true
    /// ROUTER: an unknown peer is an error rather than silence.
    public var mandatory = true
    /// A peer that announces a longer message is disconnected, before memory is taken. libzmq's default is no limit.
    public var maximumMessageByteCount: Int64 = 64 << 20
    /// Messages libzmq holds per peer before `wouldBlock`.
    public var sendHighWater: Int32 = 64
    /// Messages libzmq holds per peer before it stops reading the peer.
    public var receiveHighWater: Int32 = 64
    /// Finds dead TCP connections; answered by the I/O thread, so it says nothing of a node's health.
    public var heartbeatInterval: Duration = .seconds(2)
    /// See `heartbeatInterval`.
    public var heartbeatTimeout: Duration = .seconds(10)
    /// A peer that has not finished its handshake by then is disconnected.
    public var handshakeTimeout: Duration = .seconds(10)
    /// First wait before a lost connection is tried again; doubles up to `reconnectMaximum`.
    public var reconnectInterval: Duration = .milliseconds(100)
    /// See `reconnectInterval`.
    public var reconnectMaximum: Duration = .seconds(2)
    /// Encryption and who may connect.
    public var security: Security = .none

    /// Encryption of a socket.
    public enum Security: Sendable {
        /// Neither encryption nor authentication.
        case none
        /// Accepts clients over CURVE: those the context's `Gatekeeper` lets in. libzmq lets in everyone where there is none,
        /// so start it before this socket binds.
        case curveServer(CurveKeyPair)
        /// Connects over CURVE to the server with that key.
        case curveClient(CurveKeyPair, server: CurvePublicKey)
    }

    /// The settings above.
    public init() {}
}

extension SocketOptions {
    func apply(to socket: SocketHandle, _ kind: Socket.Kind) throws(ZeroMQError) {
        try socket.set(ZMQ_LINGER, milliseconds: linger, "linger")
        try socket.set(ZMQ_SNDHWM, sendHighWater, "send high water mark")
        try socket.set(ZMQ_RCVHWM, receiveHighWater, "receive high water mark")
        if kind == .pair { return }
        try socket.set(ZMQ_MAXMSGSIZE, maximumMessageByteCount, "maximum message size")
        try socket.set(ZMQ_HEARTBEAT_IVL, milliseconds: heartbeatInterval, "heartbeat interval")
        try socket.set(ZMQ_HEARTBEAT_TIMEOUT, milliseconds: heartbeatTimeout, "heartbeat timeout")
        try socket.set(ZMQ_HANDSHAKE_IVL, milliseconds: handshakeTimeout, "handshake timeout")
        try socket.set(ZMQ_RECONNECT_IVL, milliseconds: reconnectInterval, "reconnect interval")
        try socket.set(ZMQ_RECONNECT_IVL_MAX, milliseconds: reconnectMaximum, "longest reconnect interval")
        switch kind {
        case .router: try socket.set(ZMQ_ROUTER_MANDATORY, Int32(mandatory ? 1 : 0), "mandatory routing")
        case .dealer:
            try socket.set(ZMQ_IMMEDIATE, Int32(immediate ? 1 : 0), "immediate")
            try socket.set(ZMQ_IPV6, Int32(1), "IPv6")
        case .pair, .reply: break
        }
        try applySecurity(to: socket)
    }

    private func applySecurity(to socket: SocketHandle) throws(ZeroMQError) {
        switch security {
        case .none: break
        case .curveServer(let keys):
            try socket.set(ZMQ_CURVE_SERVER, Int32(1), "CURVE server")
            try socket.set(ZMQ_CURVE_SECRETKEY, keys.secretKey.text, "CURVE secret key")
            try socket.set(ZMQ_ZAP_DOMAIN, "reprise", "ZAP domain")
        case .curveClient(let keys, let server):
            try socket.set(ZMQ_CURVE_SERVERKEY, server.description, "CURVE server key")
            try socket.set(ZMQ_CURVE_PUBLICKEY, keys.publicKey.description, "CURVE public key")
            try socket.set(ZMQ_CURVE_SECRETKEY, keys.secretKey.text, "CURVE secret key")
        }
    }
}
