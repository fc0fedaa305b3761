import Digests
public import RolloutCore
public import Transport
public import ZeroMQ

/// Pages of a run whose coordinator is elsewhere, asked for over its port as a node would speak with it.
public actor RemotePages: PollLoopActor {
    /// Why there is no page.
    public struct Unanswered: Error, CustomStringConvertible {
        /// One sentence.
        public let description: String
    }

    /// The thread of the socket and of this actor.
    public nonisolated let loop: PollLoop

    private struct Asked {
        let answer: CheckedContinuation<Page, any Error>
        let since = ContinuousClock.now
    }

    private let transport: DealerTransport
    private let patience: Duration
    private let incarnation: Incarnation
    private var number: UInt64 = 0
    private var asked: [UInt64: Asked] = [:]
    private var tick: LoopTimer?

    /// Starts connecting; the coordinator need not be there yet.
    ///
    /// - Parameter patience: How long an answer may take.
    /// - Throws: `TransportError` for an endpoint that cannot be one, or is on another machine while nothing protects the way.
    public init(endpoint: String, security: DealerSecurity, patience: Duration = .seconds(10)) throws {
        let loop = try PollLoop(name: "pages")
        self.loop = loop
        transport = try DealerTransport(loop: loop, endpoint: endpoint, security: security)
        self.patience = patience
        var random = SystemRandomNumberGenerator()
        incarnation = Incarnation(rawValue: random.next())
    }

    deinit { transport.loop.perform { [transport] in transport.assumeIsolated { $0.close(linger: .zero) } } }

    /// Asks for a page.
    ///
    /// - Throws: `Unanswered`.
    public func page(_ path: String, _ query: [PageRequest.Item] = []) async throws -> Page {
        start()
        number += 1
        let request = PageRequest(number: number, path: path, query: query)
        let envelope = Envelope<NodeMessage>(
            run: .zero, term: Term(rawValue: 0), incarnation: incarnation, sequence: number,
            message: .pageRequest(request))
        switch transport.post(envelope) {
        case .sent, .queued: break
        case .unencodable(let error): throw Unanswered(description: "The request cannot be sent: \(error)")
        case .dropped, .unreachable: throw unanswered
        }
        return try await withCheckedThrowingContinuation { asked[request.number] = Asked(answer: $0) }
    }

    private func start() {
        guard tick == nil else { return }
        transport.assumeIsolated { transport in
            transport.start { [weak self] envelope in self?.assumeIsolated { $0.received(envelope) } }
        }
        tick = loop.every(.milliseconds(500)) { [weak self] in self?.assumeIsolated { $0.giveUp() } }
    }

    private func received(_ envelope: Envelope<CoordinatorMessage>) {
        guard envelope.incarnation == incarnation else { return }
        switch envelope.message {
        case .page(let page): asked.removeValue(forKey: page.number)?.answer.resume(returning: page)
        case .reject(let rejection): fail(asked.keys, Unanswered(description: rejection.explanation))
        default: break
        }
    }

    private func giveUp() {
        let late = asked.filter { $0.value.since.duration(to: .now) >= patience }
        if !late.isEmpty { fail(late.keys, unanswered) }
    }

    private func fail(_ numbers: some Sequence<UInt64>, _ error: Unanswered) {
        for number in Array(numbers) { asked.removeValue(forKey: number)?.answer.resume(throwing: error) }
    }

    /// What is known about why nobody answers.
    private var unanswered: Unanswered {
        let endpoint = transport.endpoint
        let (isConnected, refused) = transport.assumeIsolated { ($0.isConnected, $0.counters.refusedConnections) }
        if isConnected {
            return Unanswered(
                description: "\(endpoint) does not answer; is it a coordinator of this version, and does it go on?")
        }
        let reason = ConnectionRefusal.allCases.filter { refused[$0] != nil }.map(\.atNode.explanation).first
        return Unanswered(
            description: "\(endpoint) cannot be reached: "
                + (reason ?? "no coordinator listens there, or the run is over"))
    }
}
