public import RolloutCore
import Wire
public import ZeroMQ

/// The coordinator's transport in an `InMemoryNetwork`.
public actor InMemoryCoordinator: CoordinatorTransport {
    /// The thread deliveries run on.
    public nonisolated let loop: PollLoop
    /// What has happened so far.
    public private(set) var counters = TransportCounters()
    private let network: InMemoryNetwork
    private var id: UInt64?
    private var known: Set<SessionID> = []

    init(loop: PollLoop, network: InMemoryNetwork) {
        self.loop = loop
        self.network = network
    }

    /// See `CoordinatorTransport`.
    public func start(_ receive: @escaping @Sendable (SessionID, Envelope<NodeMessage>) -> Void) {
        guard id == nil else { return }
        id = network.withState { [loop] state in
            state.register(loop)
            let id = state.nextSession
            state.nextSession += 1
            // The sessions of an earlier coordinator end; each node gets a new one when it next sends.
            state.nodes = [:]
            state.coordinator = (
                id,
                .init(loop: loop) { [weak self] (session, envelope) in
                    self?.assumeIsolated { $0.take(session, envelope, receive) }
                }
            )
            return id
        }
    }

    private func take(
        _ session: SessionID, _ envelope: Envelope<NodeMessage>,
        _ receive: @Sendable (SessionID, Envelope<NodeMessage>) -> Void
    ) {
        guard id != nil else { return }
        if known.insert(session).inserted { counters.sessions += 1 }
        counters.received += 1
        receive(session, envelope)
    }

    /// See `CoordinatorTransport`.
    public func send(_ envelope: Envelope<CoordinatorMessage>, to session: SessionID) -> SendOutcome {
        let message: Envelope<CoordinatorMessage>
        do { message = try network.carry(envelope) } catch { return .unencodable(error) }
        guard id != nil, known.contains(session), let port = network.withState({ $0.nodes[session] }) else {
            counters.unreachable += 1
            return .unreachable
        }
        counters.sent += 1
        network.schedule(on: port.loop) { [network] in
            // The session may have ended meanwhile.
            network.withState { $0.nodes[session] }?.receive(message)
        }
        return .sent
    }

    /// See `CoordinatorTransport`.
    public func forget(_ session: SessionID) {
        guard known.remove(session) != nil else { return }
        counters.forgotten += 1
        _ = network.withState { $0.nodes.removeValue(forKey: session) }
    }

    /// See `CoordinatorTransport`.
    public func close(linger: Duration) {
        network.withState { [id] state in
            guard state.coordinator?.id == id else { return }
            state.coordinator = nil
            state.nodes = [:]
        }
        id = nil
    }
}

/// A node's transport in an `InMemoryNetwork`.
public actor InMemoryNode: NodeTransport {
    /// The thread deliveries run on.
    public nonisolated let loop: PollLoop
    /// What has happened so far.
    public private(set) var counters = TransportCounters()
    private let network: InMemoryNetwork
    private var session: SessionID?
    private var receive: (@Sendable (Envelope<CoordinatorMessage>) -> Void)?

    init(loop: PollLoop, network: InMemoryNetwork) {
        self.loop = loop
        self.network = network
    }

    /// Whether a coordinator is there.
    public var isConnected: Bool { network.withState { $0.coordinator != nil } }

    /// See `NodeTransport`.
    public func start(_ receive: @escaping @Sendable (Envelope<CoordinatorMessage>) -> Void) {
        guard self.receive == nil else { return }
        self.receive = receive
        network.withState { [loop] in $0.register(loop) }
    }

    /// See `NodeTransport`.
    public func send(_ envelope: Envelope<NodeMessage>) -> SendOutcome {
        let message: Envelope<NodeMessage>
        do { message = try network.carry(envelope) } catch { return .unencodable(error) }
        guard let (session, port) = join() else {
            counters.dropped += 1
            return .dropped
        }
        counters.sent += 1
        // A coordinator that closed meanwhile takes nothing; a node that closed is still heard, as over TCP.
        network.schedule(on: port.loop) { port.receive((session, message)) }
        return .sent
    }

    /// This node's session with the present coordinator, begun now if need be.
    private func join() -> (SessionID, InMemoryNetwork.Port<(SessionID, Envelope<NodeMessage>)>)? {
        let joined = network.withState {
            [loop, session] state -> (SessionID, InMemoryNetwork.Port<(SessionID, Envelope<NodeMessage>)>)? in
            guard let port = state.coordinator?.1 else { return nil }
            if let session, state.nodes[session] != nil { return (session, port) }
            let new = SessionID(rawValue: state.nextSession)
            state.nextSession += 1
            state.nodes[new] = .init(loop: loop) { [weak self] envelope in
                self?.assumeIsolated { $0.take(envelope, from: new) }
            }
            return (new, port)
        }
        if let joined, joined.0 != session {
            session = joined.0
            counters.sessions += 1
            counters.connections += 1
        }
        return joined
    }

    private func take(_ envelope: Envelope<CoordinatorMessage>, from session: SessionID) {
        guard session == self.session else { return }
        counters.received += 1
        receive?(envelope)
    }

    /// See `NodeTransport`.
    public func reconnect() {
        if let session { _ = network.withState { $0.nodes.removeValue(forKey: session) } }
        session = nil
    }

    /// See `NodeTransport`.
    public func close(linger: Duration) {
        reconnect()
        receive = nil
    }
}
