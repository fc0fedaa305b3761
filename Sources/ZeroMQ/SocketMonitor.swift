import CZeroMQ

/// Reports what happens to a socket's connections, before any message of theirs.
public struct SocketMonitor: ~Copyable {
    /// What happened to a connection.
    public enum Event: Sendable, Equatable {
        /// A peer connected (TCP only).
        case accepted
        /// A peer finished its handshake: messages may flow.
        case ready
        /// A peer spoke no ZeroMQ, another mechanism, or presented no acceptable key.
        case handshakeFailed(HandshakeFailure)
        /// A connection ended.
        case disconnected
    }

    /// Why no messages flow.
    public enum HandshakeFailure: Sendable, Hashable {
        /// The server's gatekeeper does not admit the client.
        case unauthorized
        /// One side speaks CURVE, the other not.
        case otherMechanism
        /// The client does not know the server's key.
        case wrongKey
        /// Not the protocol.
        case badProtocol
        /// The connection ended first.
        case unfinished
    }

    /// The monitor's own socket, to be watched.
    public let socket: Socket

    /// Starts monitoring; `name` must be unique in the context.
    public init(_ monitored: borrowing Socket, in context: Context, name: String) throws(ZeroMQError) {
        let events =
            ZMQ_EVENT_ACCEPTED | ZMQ_EVENT_HANDSHAKE_SUCCEEDED | ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL
            | ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL | ZMQ_EVENT_HANDSHAKE_FAILED_AUTH | ZMQ_EVENT_DISCONNECTED
        guard unsafe zmq_socket_monitor(monitored.handle.raw, "inproc://\(name)", events) == 0 else {
            throw .last("monitor a socket")
        }
        var options = SocketOptions()
        // Events that nobody reads are dropped by libzmq rather than kept.
        options.receiveHighWater = 1000
        let socket = try Socket(context, .pair, options)
        try socket.connect("inproc://\(name)")
        self.socket = socket
    }

    /// The next event, or `nil` when there is none.
    public borrowing func next() throws(ZeroMQError) -> Event? {
        while let message = try socket.receive() {
            guard let head = message.parts.first, head.count >= 6 else { continue }
            switch Int32(head[0]) | Int32(head[1]) << 8 {
            case ZMQ_EVENT_ACCEPTED: return .accepted
            case ZMQ_EVENT_HANDSHAKE_SUCCEEDED: return .ready
            case ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL: return .handshakeFailed(.unfinished)
            case ZMQ_EVENT_HANDSHAKE_FAILED_AUTH: return .handshakeFailed(.unauthorized)
            case ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL:
                // The event's value: 32 bits, little-endian as everywhere here.
                let value = head[2..<6].reversed().reduce(Int32(0)) { $0 << 8 | Int32($1) }
                return .handshakeFailed(HandshakeFailure(protocolError: value))
            case ZMQ_EVENT_DISCONNECTED: return .disconnected
            default: continue
            }
        }
        return nil
    }
}

extension SocketMonitor.HandshakeFailure {
    fileprivate init(protocolError value: Int32) {
        switch value {
        case ZMQ_PROTOCOL_ERROR_ZMTP_MECHANISM_MISMATCH: self = .otherMechanism
        case ZMQ_PROTOCOL_ERROR_ZMTP_CRYPTOGRAPHIC, ZMQ_PROTOCOL_ERROR_ZMTP_KEY_EXCHANGE: self = .wrongKey
        default: self = .badProtocol
        }
    }
}
