import Digests
public import RolloutCore
import Wire
public import ZeroMQ

// A ROUTER names each connection by a routing id of its own making; a session is born with the first valid frame under a
// routing id, so that noise on the port costs no state. ROUTER_MANDATORY turns a vanished peer into EHOSTUNREACH, and a
// slow one into EAGAIN; then frames wait here, bounded in bytes, and are tried again every few milliseconds (a ROUTER always
// claims to be writable, so polling for it would spin).

/// The coordinator's transport over ZeroMQ.
public actor RouterTransport: CoordinatorTransport {
    /// The thread of the socket.
    public nonisolated let loop: PollLoop
    /// Where it is bound, with the actual port.
    public nonisolated let endpoint: String
    /// What has happened so far.
    public private(set) var counters = TransportCounters()

    private let limits: TransportLimits
    private let codec: WireCodec
    private var connection: Connection?
    private var watches: [SocketWatch] = []
    private var retry: LoopTimer?
    private var sweep: LoopTimer?
    private var receive: (@Sendable (SessionID, Envelope<NodeMessage>) -> Void)?
    private let keyGuard: KeyGuard?
    private var refusals = RefusalLog()

    private var table: SessionTable
    /// Sessions with frames waiting, each once.
    private var waiting: [SessionID] = []

    /// Everything of libzmq, closed together.
    private struct Connection: ~Copyable {
        let socket: Socket
        let monitor: SocketMonitor
        let gatekeeper: Gatekeeper?

        func watch(
            _ loop: PollLoop, readable: @escaping @Sendable () -> Void, event: @escaping @Sendable () -> Void,
            question: @escaping @Sendable () -> Void
        ) -> [SocketWatch] {
            var watches = [
                loop.watch(socket) { _ in readable() },
                loop.watch(monitor.socket) { _ in event() },
            ]
            if let watch = gatekeeper?.watch(on: loop, question) { watches.append(watch) }
            return watches
        }

        consuming func close(linger: Duration) throws(ZeroMQError) { try socket.close(linger: linger) }
    }

    /// Binds. Throws when the port is taken, the endpoint is unprotected, or libzmq refuses.
    public init(
        loop: PollLoop, endpoint: String, security: RouterSecurity = .plainLoopback,
        limits: TransportLimits = TransportLimits()
    ) throws(TransportError) {
        let reach = try Reach(of: endpoint)
        var options = SocketOptions()
        options.maximumMessageByteCount = Int64(limits.wire.frameByteCount)
        options.sendHighWater = limits.highWater
        options.receiveHighWater = limits.highWater
        options.heartbeatTimeout = limits.silentConnection
        keyGuard = security.keyGuard
        switch security {
        case .plainLoopback:
            guard reach == .loopback else { throw .unprotected(endpoint: endpoint) }
        case .plainInsecure: break
        case .curve(let keys, _): options.security = .curveServer(keys)
        }
        do {
            let context = try Context()
            let gatekeeper = keyGuard == nil ? nil : try Gatekeeper(context)
            let socket = try Socket(context, .router, options)
            let monitor = try SocketMonitor(socket, in: context, name: "monitor")
            self.endpoint = try socket.bind(endpoint)
            connection = Connection(socket: socket, monitor: monitor, gatekeeper: gatekeeper)
        } catch {
            throw error.isAddressInUse ? .portInUse(endpoint: endpoint) : .zeroMQ(error)
        }
        self.loop = loop
        self.limits = limits
        codec = WireCodec(limits: limits.wire)
        table = SessionTable(capacity: limits.sessions, queueLimit: limits.queuedBytes)
    }
}

// Receiving.
extension RouterTransport {
    /// See `CoordinatorTransport`.
    public func start(_ receive: @escaping @Sendable (SessionID, Envelope<NodeMessage>) -> Void) {
        guard self.receive == nil else { return }
        self.receive = receive
        let watch = connection?.watch(
            loop, readable: { [weak self] in self?.assumeIsolated { $0.takeMessages() } },
            event: { [weak self] in self?.assumeIsolated { $0.takeEvents() } },
            question: { [weak self] in self?.assumeIsolated { $0.answerQuestions() } })
        watches = watch ?? []
        sweep = loop.every(.seconds(5)) { [weak self] in self?.assumeIsolated { $0.forgetIdle() } }
    }

    private func takeMessages() {
        for _ in 0..<limits.batch {
            guard let message = try? connection?.socket.receive() else { return }
            take(message)
        }
    }

    private func take(_ message: Socket.Message) {
        guard message.parts.count == 2, !message.wasCut else { return refuse(.notOneFrame) }
        let (routingID, frame) = (message.parts[0], message.parts[1])
        do {
            let envelope = try codec.decodeNodeMessage(frame)
            guard let session = session(of: routingID, message.user) else { return }
            counters.received += 1
            counters.receivedBytes += frame.count
            receive?(session, envelope)
        } catch {
            refuse(.wire(error.kind))
            if case .otherVersion(_, let incarnation) = error { answerVersion(error, routingID, incarnation) }
        }
    }

    /// The session of a message; nil when it may have none.
    private func session(of routingID: [UInt8], _ user: String?) -> SessionID? {
        if let known = table.heard(routingID, at: .now) { return known }
        let key = user.flatMap { CurvePublicKey($0) }
        // Its connection may have been made before its key was revoked.
        guard keyGuard == nil || key.map(admits) == true else {
            refuse(.notAdmitted)
            return nil
        }
        guard let session = table.add(routingID, key: key, at: .now) else {
            refuse(.tooManySessions)
            return nil
        }
        counters.sessions += 1
        return session
    }

    private func refuse(_ reason: TransportCounters.Refusal) { counters.refused[reason, default: 0] += 1 }

    /// A node of another version cannot be understood, but can be told so: the fields it needs are the same in all versions.
    private func answerVersion(_ error: WireError, _ routingID: [UInt8], _ incarnation: Incarnation) {
        let rejection = Rejection(reason: .protocolVersion, explanation: error.description)
        let envelope = Envelope<CoordinatorMessage>(
            run: .zero, term: Term(rawValue: 0), incarnation: incarnation, sequence: 0, message: .reject(rejection))
        guard let frame = try? codec.encode(envelope) else { return }
        _ = try? connection?.socket.send(routingID, frame)
    }

    private func takeEvents() {
        while let event = try? connection?.monitor.next() {
            switch event {
            case .accepted: counters.connections += 1
            case .disconnected: counters.disconnections += 1
            // The gatekeeper has said it already, and of whom.
            case .handshakeFailed(.unauthorized) where keyGuard != nil: break
            case .handshakeFailed(let failure): refuse(ConnectionRefusal(failure), "")
            case .ready: break
            }
        }
    }

    private func answerQuestions() {
        while let answer = try? connection?.gatekeeper?.answer(admits) { _ = answer }
    }

    private func admits(_ key: CurvePublicKey, from address: String) -> Bool {
        switch keyGuard?.verdict(on: key) {
        case .admitted: return true
        case .revoked(let name): refuse(.revokedKey, " from \(address) with the key of \(name)")
        case .unknown, nil: refuse(.unknownKey, " from \(address) with the key \(key)")
        }
        return false
    }

    private func refuse(_ reason: ConnectionRefusal, _ whose: String) {
        counters.refuse(reason)
        refusals.note("refused a connection\(whose): \(reason.atCoordinator)")
    }

    private func admits(_ key: CurvePublicKey) -> Bool {
        if case .admitted = keyGuard?.verdict(on: key) { true } else { false }
    }

    private func forgetIdle() {
        counters.forgotten += table.forgetIdle(before: .now - limits.idleSession)
    }
}

// Keys.
extension RouterTransport {
    /// Sessions of nodes whose key the list does not admit any more.
    public var expelled: [SessionID] {
        keyGuard == nil ? [] : table.sessions { key in key.map(admits) != true }
    }

    /// Lines for a log about connections refused since the last call.
    public func takeRefusals() -> [String] { refusals.lines(at: .now) }
}

// Sending.
extension RouterTransport {
    /// See `CoordinatorTransport`.
    public func send(_ envelope: Envelope<CoordinatorMessage>, to session: SessionID) -> SendOutcome {
        guard let routingID = table[session]?.routingID, let isFirst = table[session]?.queue.isEmpty else {
            counters.unreachable += 1
            return .unreachable
        }
        let frame: [UInt8]
        do { frame = try codec.encode(envelope) } catch { return .unencodable(error) }
        if isFirst {
            switch transmit(frame, to: routingID) {
            case .accepted: return .sent
            case .unreachable:
                lose(session)
                return .unreachable
            case .wouldBlock: break
            }
        }
        guard table[session]?.queue.append(frame) == true else {
            counters.dropped += 1
            return .dropped
        }
        if isFirst { waiting.append(session) }
        if retry == nil {
            retry = loop.every(limits.retry) { [weak self] in self?.assumeIsolated { $0.retryWaiting() } }
        }
        return .queued
    }

    /// See `CoordinatorTransport`.
    public func forget(_ session: SessionID) {
        if table.forget(session) { waiting.removeAll { $0 == session } }
    }

    /// See `CoordinatorTransport`.
    public func close(linger: Duration) {
        retryWaiting()
        watches = []
        retry = nil
        sweep = nil
        receive = nil
        if let connection = connection.take() { try? connection.close(linger: linger) }
    }

    private func transmit(_ frame: [UInt8], to routingID: [UInt8]) -> Socket.Sent {
        guard let outcome = try? connection?.socket.send(routingID, frame) else { return .unreachable }
        if outcome == .accepted {
            counters.sent += 1
            counters.sentBytes += frame.count
        }
        return outcome
    }

    private func retryWaiting() {
        waiting = waiting.filter { !flush($0) }
        if waiting.isEmpty { retry = nil }
    }

    /// Whether nothing waits for that session any more.
    private func flush(_ session: SessionID) -> Bool {
        while let routingID = table[session]?.routingID, let frame = table[session]?.queue.first {
            switch transmit(frame, to: routingID) {
            case .accepted: table[session]?.queue.removeFirst()
            case .wouldBlock: return false
            case .unreachable:
                lose(session)
                return true
            }
        }
        return true
    }

    private func lose(_ session: SessionID) {
        counters.unreachable += 1
        if table.forget(session) { counters.forgotten += 1 }
    }
}
