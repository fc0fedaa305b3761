public import RolloutCore
import Wire
public import ZeroMQ

// A DEALER with IMMEDIATE queues only to a coordinator that is there; what cannot go waits here, bounded in bytes, and leaves
// when the socket becomes writable. A new incarnation gets a new socket: nothing that was meant for, or sent by, the old one
// can reach the new.

/// A node's transport over ZeroMQ.
public actor DealerTransport: NodeTransport {
    /// The thread of the socket.
    public nonisolated let loop: PollLoop
    /// The coordinator's endpoint.
    public nonisolated let endpoint: String
    /// Whether there is a connection to a coordinator now.
    public private(set) var isConnected = false
    /// What has happened so far.
    public private(set) var counters = TransportCounters()

    private let limits: TransportLimits
    private let options: SocketOptions
    private let codec: WireCodec
    private var connection: Connection?
    private var watches: [SocketWatch] = []
    private var receive: (@Sendable (Envelope<CoordinatorMessage>) -> Void)?
    private var queue: OutQueue

    /// Everything of libzmq, closed together.
    private struct Connection: ~Copyable {
        let socket: Socket
        let monitor: SocketMonitor

        init(_ endpoint: String, _ options: SocketOptions) throws(ZeroMQError) {
            let context = try Context()
            let socket = try Socket(context, .dealer, options)
            let monitor = try SocketMonitor(socket, in: context, name: "monitor")
            try socket.connect(endpoint)
            self.socket = socket
            self.monitor = monitor
        }

        func watch(
            _ loop: PollLoop, for readiness: Readiness, ready: @escaping @Sendable (Readiness) -> Void,
            event: @escaping @Sendable () -> Void
        ) -> [SocketWatch] {
            [loop.watch(socket, for: readiness, ready), loop.watch(monitor.socket) { _ in event() }]
        }

        consuming func close(linger: Duration) throws(ZeroMQError) { try socket.close(linger: linger) }
    }

    /// Starts connecting; the coordinator need not be there yet. Throws for an endpoint that cannot be one, or is on another
    /// machine while nothing protects the way there.
    public init(
        loop: PollLoop, endpoint: String, security: DealerSecurity = .plainLoopback,
        limits: TransportLimits = TransportLimits()
    ) throws(TransportError) {
        let reach = try Reach(of: endpoint, isPeer: true)
        var options = SocketOptions()
        options.maximumMessageByteCount = Int64(limits.wire.frameByteCount)
        options.sendHighWater = limits.highWater
        options.receiveHighWater = limits.highWater
        options.heartbeatTimeout = limits.silentConnection
        switch security {
        case .plainLoopback: guard reach == .loopback else { throw .unprotectedNode(endpoint: endpoint) }
        case .plainInsecure: break
        case .curve(let keys, let server): options.security = .curveClient(keys, server: server)
        }
        do {
            connection = try Connection(endpoint, options)
        } catch {
            throw .zeroMQ(error)
        }
        self.loop = loop
        self.endpoint = endpoint
        self.limits = limits
        self.options = options
        codec = WireCodec(limits: limits.wire)
        queue = OutQueue(limit: limits.queuedBytes)
    }

    /// See `NodeTransport`.
    public func start(_ receive: @escaping @Sendable (Envelope<CoordinatorMessage>) -> Void) {
        guard self.receive == nil else { return }
        self.receive = receive
        watch()
    }

    /// See `NodeTransport`.
    public func send(_ envelope: Envelope<NodeMessage>) -> SendOutcome {
        let frame: [UInt8]
        do { frame = try codec.encode(envelope) } catch { return .unencodable(error) }
        if queue.isEmpty && transmit(frame) == .accepted { return .sent }
        let isFirst = queue.isEmpty
        guard queue.append(frame) else {
            counters.dropped += 1
            return .dropped
        }
        if isFirst { watches.first?.setReadiness([.readable, .writable]) }
        return .queued
    }

    /// See `NodeTransport`.
    public func reconnect() {
        guard receive != nil else { return }
        watches = []
        isConnected = false
        queue.removeAll()
        if let old = connection.take() { try? old.close(linger: .zero) }
        // Only a lack of memory or file descriptors makes this fail; then the node stays silent and ends by its own timers.
        connection = try? Connection(endpoint, options)
        watch()
    }

    /// See `NodeTransport`.
    public func close(linger: Duration) {
        flush()
        watches = []
        receive = nil
        isConnected = false
        if let old = connection.take() { try? old.close(linger: linger) }
    }
}

extension DealerTransport {
    private func watch() {
        let readiness: Readiness = queue.isEmpty ? .readable : [.readable, .writable]
        let watches = connection?.watch(
            loop, for: readiness,
            ready: { [weak self] ready in
                self?.assumeIsolated { transport in
                    if ready.contains(.writable) { transport.flush() }
                    if ready.contains(.readable) { transport.takeMessages() }
                }
            },
            event: { [weak self] in self?.assumeIsolated { $0.takeEvents() } })
        self.watches = watches ?? []
    }

    private func takeMessages() {
        for _ in 0..<limits.batch {
            guard let message = try? connection?.socket.receive(maximumParts: 1) else { return }
            guard let frame = message.parts.first, !message.wasCut else {
                counters.refused[.notOneFrame, default: 0] += 1
                continue
            }
            do {
                let envelope = try codec.decodeCoordinatorMessage(frame)
                counters.received += 1
                counters.receivedBytes += frame.count
                receive?(envelope)
            } catch {
                counters.refused[.wire(error.kind), default: 0] += 1
            }
        }
    }

    private func takeEvents() {
        while let event = try? connection?.monitor.next() {
            switch event {
            case .ready:
                isConnected = true
                counters.connections += 1
                counters.sessions += 1
            case .disconnected:
                if isConnected { counters.disconnections += 1 }
                isConnected = false
            case .handshakeFailed(let failure): counters.refuse(ConnectionRefusal(failure))
            case .accepted: break
            }
        }
    }

    private func transmit(_ frame: [UInt8]) -> Socket.Sent {
        guard let outcome = try? connection?.socket.send(frame) else { return .unreachable }
        if outcome == .accepted {
            counters.sent += 1
            counters.sentBytes += frame.count
        }
        return outcome
    }

    private func flush() {
        while let frame = queue.first, transmit(frame) == .accepted { queue.removeFirst() }
        if queue.isEmpty { watches.first?.setReadiness(.readable) }
    }
}
