import CZeroMQ

// A socket belongs to one thread at a time. Being ~Copyable and not Sendable, one that lives in an actor cannot leave it, and
// closing it twice does not compile. Every call is non-blocking; waiting is the poll loop's business. EINTR is looped over.

/// A libzmq socket.
public struct Socket: ~Copyable {
    /// The kinds Reprise uses. REQ and REP in lock step are not among them, except `reply` for ZAP, whose peer is libzmq.
    public enum Kind: Sendable {
        /// Many peers; messages begin with the peer's routing id.
        case router
        /// One peer.
        case dealer
        /// In-process, for monitors.
        case pair
        /// In-process, for ZAP.
        case reply
    }

    /// What became of a message to send.
    public enum Sent: Sendable {
        /// Handed to libzmq.
        case accepted
        /// Not sent: the peer's queue is full, or a DEALER has no peer.
        case wouldBlock
        /// Not sent: a ROUTER knows no such peer.
        case unreachable
    }

    /// A received message.
    public struct Message: Sendable {
        /// Its first parts, at most as many as were asked for.
        public var parts: [[UInt8]]
        /// Whether there were more.
        public var wasCut: Bool
        /// Who sent it, as the context's gatekeeper named the sender; nil where there is none.
        public var user: String?
    }

    let handle: SocketHandle

    /// A new socket with these options. Throws when out of file descriptors, or for an option libzmq refuses.
    public init(_ context: Context, _ kind: Kind, _ options: SocketOptions = SocketOptions()) throws(ZeroMQError) {
        let handle = try SocketHandle(context, kind)
        try options.apply(to: handle, kind)
        self.handle = handle
    }

    /// Binds and returns the actual endpoint, in which a wildcard port has become a number.
    public borrowing func bind(_ endpoint: String) throws(ZeroMQError) -> String {
        // With IPv6 on, an IPv4 address would be bound, and named, as a mapped one.
        if endpoint.contains("[") { try handle.set(ZMQ_IPV6, Int32(1), "IPv6") }
        guard unsafe zmq_bind(handle.raw, endpoint) == 0 else { throw .last("bind \(endpoint)") }
        return try lastEndpoint()
    }

    /// Starts connecting; libzmq goes on trying.
    public borrowing func connect(_ endpoint: String) throws(ZeroMQError) {
        guard unsafe zmq_connect(handle.raw, endpoint) == 0 else { throw .last("connect to \(endpoint)") }
    }

    /// Sends the parts as one message, or nothing of it.
    public borrowing func send(_ parts: [UInt8]...) throws(ZeroMQError) -> Sent {
        for (index, part) in parts.enumerated() {
            let flags = ZMQ_DONTWAIT | (index + 1 < parts.count ? ZMQ_SNDMORE : 0)
            while unsafe zmq_send(handle.raw, part, part.count, flags) < 0 {
                switch zmq_errno() {
                case EINTR: continue
                case EAGAIN: return .wouldBlock
                case EHOSTUNREACH: return .unreachable
                default: throw .last("send a message")
                }
            }
        }
        return .accepted
    }

    /// The next message, or `nil` when none is there. Parts beyond `maximumParts` are dropped.
    public borrowing func receive(maximumParts: Int = 2) throws(ZeroMQError) -> Message? {
        var message = Message(parts: [], wasCut: false)
        while true {
            guard let part = try receivePart(keep: message.parts.count < maximumParts) else {
                return message.parts.isEmpty ? nil : message
            }
            if let bytes = part.bytes { message.parts.append(bytes) } else { message.wasCut = true }
            message.user = part.user ?? message.user
            if !part.more { return message }
        }
    }

    private struct Part {
        var bytes: [UInt8]?
        var user: String?
        let more: Bool
    }

    private borrowing func receivePart(keep: Bool) throws(ZeroMQError) -> Part? {
        var part = zmq_msg_t()
        unsafe zmq_msg_init(&part)
        defer { unsafe zmq_msg_close(&part) }
        while unsafe zmq_msg_recv(&part, handle.raw, ZMQ_DONTWAIT) < 0 {
            switch zmq_errno() {
            case EINTR: continue
            case EAGAIN: return nil
            default: throw .last("receive a message")
            }
        }
        var received = Part(more: unsafe zmq_msg_more(&part) != 0)
        guard keep else { return received }
        let buffer = unsafe UnsafeRawBufferPointer(start: zmq_msg_data(&part), count: zmq_msg_size(&part))
        received.bytes = unsafe Array(buffer)
        received.user = unsafe zmq_msg_gets(&part, "User-Id").map { unsafe String(cString: $0) }
        return received
    }

    /// Closes, waiting up to `linger` in the background for what is not sent yet.
    public consuming func close(linger: Duration) throws(ZeroMQError) {
        try handle.set(ZMQ_LINGER, milliseconds: linger, "linger")
    }

    private borrowing func lastEndpoint() throws(ZeroMQError) -> String {
        var text = [UInt8](repeating: 0, count: 1024)
        var count = text.count
        guard unsafe zmq_getsockopt(handle.raw, ZMQ_LAST_ENDPOINT, &text, &count) == 0 else {
            throw .last("read the bound endpoint")
        }
        return String(decoding: text.prefix(Swift.max(count - 1, 0)), as: UTF8.self)
    }
}

/// The socket's closing, shared with the poll loop: it is closed once neither its owner nor a poll in progress needs it.
@safe final class SocketHandle: Sendable {
    private let context: Context
    // Sound because only the socket's owner and its poll loop, on the same thread, reach it.
    nonisolated(unsafe) let raw: UnsafeMutableRawPointer

    init(_ context: Context, _ kind: Socket.Kind) throws(ZeroMQError) {
        let type =
            switch kind {
            case .router: ZMQ_ROUTER
            case .dealer: ZMQ_DEALER
            case .pair: ZMQ_PAIR
            case .reply: ZMQ_REP
            }
        guard let raw = unsafe zmq_socket(context.raw, type) else { throw .last("create a socket") }
        self.context = context
        unsafe self.raw = raw
    }

    deinit { unsafe zmq_close(raw) }
}

extension SocketHandle {
    func set<Number: FixedWidthInteger & BitwiseCopyable>(
        _ option: Int32, _ value: Number, _ name: String
    ) throws(ZeroMQError) {
        var value = value
        guard unsafe zmq_setsockopt(raw, option, &value, MemoryLayout<Number>.size) == 0 else {
            throw .last("set the \(name) of a socket")
        }
    }

    func set(_ option: Int32, milliseconds: Duration, _ name: String) throws(ZeroMQError) {
        let (seconds, attoseconds) = milliseconds.components
        try set(option, Int32(clamping: seconds * 1000 + attoseconds / 1_000_000_000_000_000), name)
    }

    func set(_ option: Int32, _ text: String, _ name: String) throws(ZeroMQError) {
        guard unsafe zmq_setsockopt(raw, option, text, text.utf8.count) == 0 else {
            throw .last("set the \(name) of a socket")
        }
    }
}
