import RolloutCore
import Testing
import Wire
import ZeroMQ

@testable import Transport

/// What both implementations must do alike.
@Suite(.timeLimit(.minutes(5)))
struct ConversationTests {
    enum Network: String, CaseIterable { case zeroMQ, inMemory, inMemoryWithFrames }

    private func pair(_ network: Network) throws -> (any CoordinatorTransport, any NodeTransport) {
        let (loop, other) = (try PollLoop(name: "coordinator"), try PollLoop(name: "node"))
        switch network {
        case .zeroMQ:
            let router = try RouterTransport(loop: loop, endpoint: "tcp://127.0.0.1:*")
            return (router, try DealerTransport(loop: other, endpoint: router.endpoint))
        case .inMemory:
            let network = InMemoryNetwork()
            return (network.coordinator(on: loop), network.node(on: other))
        case .inMemoryWithFrames:
            let network = InMemoryNetwork(codec: WireCodec())
            return (network.coordinator(on: loop), network.node(on: other))
        }
    }

    @Test("Messages arrive whole and in order, both ways, small and large", arguments: Network.allCases)
    func order(_ network: Network) async throws {
        let (coordinator, node) = try pair(network)
        let (requests, replies) = (await coordinator.inbox(), await node.inbox())
        let count = 300
        for index in 0..<count {
            _ = await node.send(
                index % 50 == 7 ? Messages.result(index, byteCount: 1 << 20) : Messages.heartbeat(index))
        }
        var session: SessionID?
        for index in 0..<count {
            let request = try #require(await requests.next())
            #expect(request.envelope.sequence == UInt64(index))
            session = request.session
            let reply = Messages.coordinator(
                index, .chunk(Messages.chunk(index, byteCount: index % 10 == 0 ? 262_144 : 10)))
            #expect([.sent, .queued].contains(await coordinator.send(reply, to: request.session)))
        }
        for index in 0..<count {
            let reply = try #require(await replies.next())
            guard case .chunk(let chunk) = reply.message else { throw Unexpected() }
            #expect(chunk.index == UInt32(index) && chunk.bytes.allSatisfy { $0 == UInt8(truncatingIfNeeded: index) })
        }
        #expect(await coordinator.counters.received == count)
        #expect(await node.counters.received == count)
        #expect(await coordinator.counters.sessions == 1)
        #expect(session != nil)
    }

    @Test(
        "After a reconnect the coordinator sees another session, and the old one is gone", arguments: Network.allCases)
    func reconnect(_ network: Network) async throws {
        let (coordinator, node) = try pair(network)
        let (requests, replies) = (await coordinator.inbox(), await node.inbox())
        _ = await node.send(Messages.heartbeat(1))
        let first = try #require(await requests.next())
        await node.reconnect()
        _ = await node.send(Messages.heartbeat(2))
        let second = try #require(await requests.next())
        #expect(first.session != second.session && second.envelope.sequence == 2)
        try await until { await coordinator.send(Messages.coordinator(1, .drain), to: first.session) == .unreachable }
        _ = await coordinator.send(Messages.coordinator(2, .drain), to: second.session)
        #expect(try #require(await replies.next()).sequence == 2)
    }

    @Test(
        "A session that was forgotten is unreachable; its peer comes back as another",
        arguments: [Network.inMemory, .zeroMQ])
    func forget(_ network: Network) async throws {
        let (coordinator, node) = try pair(network)
        let requests = await coordinator.inbox()
        _ = await node.inbox()
        _ = await node.send(Messages.heartbeat(1))
        let first = try #require(await requests.next())
        await coordinator.forget(first.session)
        #expect(await coordinator.send(Messages.coordinator(1, .drain), to: first.session) == .unreachable)
        _ = await node.send(Messages.heartbeat(2))
        #expect(try #require(await requests.next()).session != first.session)
    }

    @Test("A goodbye before closing arrives", arguments: Network.allCases)
    func goodbye(_ network: Network) async throws {
        let (coordinator, node) = try pair(network)
        let requests = await coordinator.inbox()
        _ = await node.inbox()
        _ = await node.send(Messages.heartbeat(1))
        _ = await requests.next()
        _ = await node.send(Messages.node(2, .goodbye))
        await node.close(linger: .seconds(5))
        #expect(try #require(await requests.next()).envelope.message == .goodbye)
    }

    @Test(
        "What breaks a bound of the wire is refused where it is sent", arguments: [Network.zeroMQ, .inMemoryWithFrames])
    func unencodable(_ network: Network) async throws {
        let (_, node) = try pair(network)
        let outcome = await node.send(
            Messages.node(1, .heartbeat(Heartbeat(held: [], credit: 9999))))
        guard case .unencodable(let error) = outcome else { throw Unexpected() }
        #expect(error.kind == .invalid)
    }

    /// A service on the loop of its transport: it answers within the call that delivers, without a hop.
    actor EchoService: PollLoopActor {
        nonisolated let loop: PollLoop
        private let transport: any CoordinatorTransport
        private(set) var handled = 0

        init(_ transport: any CoordinatorTransport) {
            loop = transport.loop
            self.transport = transport
        }

        func start() async {
            await transport.start { [weak self] session, envelope in
                self?.assumeIsolated { $0.handle(session, envelope) }
            }
        }

        private func handle(_ session: SessionID, _ envelope: Envelope<NodeMessage>) {
            handled += 1
            transport.post(Messages.coordinator(handled, .heartbeatAck), to: session)
        }
    }

    @Test("A service that shares the loop answers inside the delivery", arguments: Network.allCases)
    func service(_ network: Network) async throws {
        let (coordinator, node) = try pair(network)
        let service = EchoService(coordinator)
        await service.start()
        let replies = await node.inbox()
        for index in 1...100 {
            _ = await node.send(Messages.heartbeat(index))
            #expect(try #require(await replies.next()).sequence == UInt64(index))
        }
        #expect(await service.handled == 100)
    }
}
