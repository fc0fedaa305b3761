import Configuration
import RolloutCore
import Wire
public import ZeroMQ

// Between nodes and coordinator, message by message. TCP hides lost packets, so loss has to be made above it: a ROUTER takes
// the nodes' messages, and each node has a DEALER of its own to the coordinator, which therefore sees one session a node, as
// without the proxy. Whose a connection is, its Hello says; nothing else is read, and nothing is changed that the plan does
// not say.

/// A proxy that loses, doubles, reorders, delays and damages messages, cuts connections and resets them.
public actor FaultProxy: PollLoopActor {
    /// The thread of the sockets.
    public nonisolated let loop: PollLoop
    /// Where nodes connect, with the actual port.
    public nonisolated let endpoint: String

    private let upstream: String
    private let schedule: FaultSchedule
    private let ledger: FaultLedger
    private let clock: @Sendable () -> Duration
    private let context: Context
    private let front: Socket
    private let codec = WireCodec()
    private var links: [[UInt8]: ProxyLink] = [:]
    private var roles: [Incarnation: FaultTarget] = [:]
    /// Messages so far, by role and direction.
    private var numbers: [Way: UInt64] = [:]
    private var isQuiet = false
    private var watch: SocketWatch?
    private var timers: [LoopTimer] = []

    private struct Way: Hashable {
        let role: FaultTarget
        let direction: FaultDirection
    }

    /// Messages taken from a socket before others have their turn.
    private static let batch = 64
    /// A node that was silent for longer is not struck: it has gone.
    private static let presence = Duration.seconds(5)
    /// A connection is given up when its node was silent for so long.
    private static let idle = Duration.seconds(300)

    /// Binds `endpoint`; nodes that connect there reach the coordinator at `upstream`.
    ///
    /// - Parameter clock: time since the cluster's start.
    /// - Throws: `ZeroMQError` when the endpoint is in use or no endpoint.
    public init(
        loop: PollLoop, endpoint: String, upstream: String, schedule: FaultSchedule, ledger: FaultLedger,
        clock: @escaping @Sendable () -> Duration
    ) throws(ZeroMQError) {
        let context = try Context()
        let front = try Socket(context, .router)
        self.endpoint = try front.bind(endpoint)
        self.front = front
        self.context = context
        self.loop = loop
        self.upstream = upstream
        self.schedule = schedule
        self.ledger = ledger
        self.clock = clock
    }

    /// Begins to pass messages on.
    public func start() {
        guard watch == nil else { return }
        watch = loop.watch(front) { [weak self] _ in self?.assumeIsolated { $0.takeFromNodes() } }
        timers = [
            loop.every(.milliseconds(5)) { [weak self] in self?.assumeIsolated { $0.passDue() } },
            loop.every(.seconds(30)) { [weak self] in self?.assumeIsolated { $0.giveUpIdle() } },
        ]
    }

    /// Stops, and closes every connection.
    public func close() {
        watch = nil
        timers = []
        links = [:]
    }

    /// Cuts or resets connections.
    public func strike(_ injection: Injection) {
        let now = clock()
        let present = links.values
            .filter { $0.role == injection.target && $0.lastHeard + Self.presence >= now }
            .sorted { $0.routingID.lexicographicallyPrecedes($1.routingID) }
        let struck = injection.struck(of: present)
        if struck.isEmpty { ledger.missed(injection.kind) }
        for link in struck {
            switch injection.kind {
            case .cut: link.cut(injection.direction, until: now + injection.lasting)
            case .reset: reset(link)
            default: continue
            }
            ledger.struck(injection.kind, injection.target, at: now)
        }
    }

    /// Mends what is cut, and passes every message on as it is from now on.
    public func quieten() {
        isQuiet = true
        for link in links.values { link.mend() }
    }
}

// Connections.
extension FaultProxy {
    private func link(of routingID: [UInt8]) -> ProxyLink? {
        if let known = links[routingID] { return known }
        // Only a lack of file descriptors makes this fail; then the node tries again.
        guard let back = try? connection() else { return nil }
        let link = ProxyLink(routingID, back, at: clock())
        links[routingID] = link
        follow(link)
        return link
    }

    private func connection() throws(ZeroMQError) -> Socket {
        let socket = try Socket(context, .dealer)
        try socket.connect(upstream)
        return socket
    }

    private func follow(_ link: ProxyLink) {
        let routingID = link.routingID
        link.watch = loop.watch(link.back) { [weak self] _ in
            self?.assumeIsolated { proxy in proxy.takeFromCoordinator(for: routingID) }
        }
    }

    private func reset(_ link: ProxyLink) {
        guard let back = try? connection() else { return }
        link.reset(back)
        follow(link)
    }

    private func giveUpIdle() {
        let limit = clock() - Self.idle
        links = links.filter { $0.value.lastHeard >= limit }
    }
}

// Messages.
extension FaultProxy {
    private func takeFromNodes() {
        for _ in 0..<Self.batch {
            guard let message = try? front.receive() else { return }
            guard message.parts.count == 2, !message.wasCut, let link = link(of: message.parts[0]) else { continue }
            link.lastHeard = clock()
            recognise(link, message.parts[1])
            pass(message.parts[1], over: link, .toCoordinator)
        }
    }

    private func takeFromCoordinator(for routingID: [UInt8]) {
        guard let link = links[routingID] else { return }
        for _ in 0..<Self.batch {
            guard let message = try? link.back.receive(maximumParts: 1) else { return }
            guard let frame = message.parts.first, !message.wasCut else { continue }
            pass(frame, over: link, .toNode)
        }
    }

    /// A node says what it is in its Hello; after a new connection its incarnation says so.
    private func recognise(_ link: ProxyLink, _ frame: [UInt8]) {
        guard link.role == nil, let envelope = try? codec.decodeNodeMessage(frame) else { return }
        if case .hello(let hello) = envelope.message { roles[envelope.incarnation] = FaultTarget(hello.role) }
        link.role = roles[envelope.incarnation]
    }

    private func pass(_ frame: [UInt8], over link: ProxyLink, _ direction: FaultDirection) {
        let now = clock()
        let isCut = link.isCut(direction, at: now)
        ledger.passed(isCut: isCut)
        if isCut { return }
        var fate = MessageFate()
        if let role = link.role, !isQuiet {
            let way = Way(role: role, direction: direction)
            let number = numbers[way, default: 0]
            numbers[way] = number + 1
            fate = schedule.fate(of: number, role, direction, at: now)
            for kind in fate.kinds { ledger.struck(kind, role, at: now) }
        }
        let isTaken =
            direction == .toNode
            ? link.toNode.take(frame, fate, at: now) : link.toCoordinator.take(frame, fate, at: now)
        if !isTaken { ledger.missed(.loss) }
        passDue(link, now)
    }

    private func passDue() {
        let now = clock()
        for link in links.values where !(link.toNode.isEmpty && link.toCoordinator.isEmpty) { passDue(link, now) }
    }

    private func passDue(_ link: ProxyLink, _ now: Duration) {
        while let frame = link.toCoordinator.next(at: now), (try? link.back.send(frame)) == .accepted {
            link.toCoordinator.removeNext()
        }
        while let frame = link.toNode.next(at: now) {
            switch try? front.send(link.routingID, frame) {
            case .accepted: link.toNode.removeNext()
            case .wouldBlock: return
            case .unreachable, nil:
                // The node has gone, and its end of the connection with it.
                links[link.routingID] = nil
                return
            }
        }
    }
}

extension FaultTarget {
    init(_ role: Role) {
        switch role {
        case .sampler: self = .sampler
        case .scorer: self = .scorer
        case .learner: self = .learner
        }
    }
}
