import Digests
import RolloutCore
import Testing
import Wire
import ZeroMQ

@testable import Transport

/// Peers that misbehave are refused and counted, and nobody else notices.
@Suite(.timeLimit(.minutes(5)))
struct HostilePeersTests {
    private func router(_ adjust: (inout TransportLimits) -> Void = { _ in }) throws -> RouterTransport {
        var limits = TransportLimits()
        adjust(&limits)
        return try RouterTransport(loop: try PollLoop(name: "router"), endpoint: "tcp://127.0.0.1:*", limits: limits)
    }

    private func dealer(_ router: RouterTransport, _ limits: TransportLimits = TransportLimits()) throws
        -> DealerTransport
    {
        try DealerTransport(loop: try PollLoop(name: "dealer"), endpoint: router.endpoint, limits: limits)
    }

    /// A well-behaved node still gets through.
    private func expectAlive(_ router: RouterTransport, _ requests: Inbox<FromNode>) async throws {
        let node = try dealer(router)
        let replies = await node.inbox()
        _ = await node.send(Messages.heartbeat(4242))
        while let request = await requests.next() {
            guard request.envelope.sequence == 4242 else { continue }
            _ = await router.send(Messages.coordinator(1, .heartbeatAck), to: request.session)
            break
        }
        #expect(try #require(await replies.next()).message == .heartbeatAck)
    }

    @Test("Frames that are none are counted by reason, and begin no session")
    func badFrames() async throws {
        let router = try router()
        let requests = await router.inbox()
        let context = try Context()
        let socket = try Socket(context, .dealer)
        try socket.connect(router.endpoint)
        var damaged = try WireCodec().encode(Messages.heartbeat(1))
        damaged[20] ^= 1
        try await until { (try? socket.send([1, 2, 3])) == .accepted }
        #expect(try socket.send(Array(repeating: 7, count: 100)) == .accepted)
        #expect(try socket.send(damaged) == .accepted)
        #expect(try socket.send(damaged, damaged) == .accepted)
        #expect(try socket.send(WireCodec().encode(Messages.coordinator(1, .drain))) == .accepted)
        try await until { await router.counters.refusedTotal >= 5 }
        let counters = await router.counters
        #expect(
            counters.refused == [
                .wire(.tooShort): 1, .wire(.notAFrame): 1, .wire(.corrupt): 1, .notOneFrame: 1,
                .wire(.unexpectedBody): 1,
            ])
        #expect(counters.received == 0 && counters.sessions == 0)
        try await expectAlive(router, requests)
    }

    @Test("Random bytes to the port are harmless")
    func randomBytes() async throws {
        let router = try router()
        let requests = await router.inbox()
        var seed: UInt64 = 99
        for _ in 0..<20 {
            let bytes = (0..<2000).map { _ in
                seed = seed &* 6_364_136_223_846_793_005 &+ 1
                return UInt8(truncatingIfNeeded: seed >> 33)
            }
            try RawClient.send(bytes, to: router.endpoint)
        }
        // A ZeroMQ greeting that turns into noise.
        try RawClient.send(
            [0xFF, 0, 0, 0, 0, 0, 0, 0, 1, 0x7F, 3, 0] + Array(repeating: 0xEE, count: 500), to: router.endpoint)
        try await until { await router.counters.connections >= 21 }
        try await expectAlive(router, requests)
        let counters = await router.counters
        #expect(counters.received == 1 && counters.sessions == 1)
        #expect(counters.failedHandshakes + counters.disconnections + counters.refusedTotal >= 21)
    }

    @Test("Half a handshake holds nobody up, however many there are")
    func halfHandshakes() async throws {
        let router = try router()
        let requests = await router.inbox()
        // The signature and version of a greeting; some stop within it.
        let greeting: [UInt8] = [0xFF, 0, 0, 0, 0, 0, 0, 0, 1, 0x7F, 3, 0]
        let open = try (0..<60).map { try RawClient.open(Array(greeting.prefix($0 % 13)), to: router.endpoint) }
        try await until { await router.counters.connections >= 60 }
        try await expectAlive(router, requests)
        #expect(await router.counters.sessions == 1)
        for descriptor in open { RawClient.close(descriptor) }
        try await expectAlive(router, requests)
    }

    @Test("A flood of Hellos on one connection is one session, and others get through")
    func flood() async throws {
        let router = try router()
        let requests = await router.inbox()
        let node = try dealer(router)
        _ = await node.inbox()
        let hello = Hello(
            role: .sampler, node: "s", softwareVersion: "1", numericFingerprint: .zero, slots: 1, credit: 1)
        let count = 5000
        for number in 0..<count { _ = await node.send(Messages.node(number, .hello(hello))) }
        for _ in 0..<count { _ = await requests.next() }
        let counters = await router.counters
        #expect(counters.received == count && counters.sessions == 1)
        try await expectAlive(router, requests)
    }

    @Test("A frame over the limit ends its connection; others go on")
    func oversized() async throws {
        let router = try router { $0.wire.frameByteCount = 10_000 }
        let requests = await router.inbox()
        let node = try dealer(router)
        _ = await node.inbox()
        _ = await node.send(Messages.result(1, byteCount: 20_000))
        try await until { await router.counters.disconnections >= 1 }
        try await expectAlive(router, requests)
        #expect(await router.counters.received == 1)
    }

    @Test("A peer that vanished is unreachable and forgotten")
    func vanished() async throws {
        let router = try router()
        let requests = await router.inbox()
        let node = try dealer(router)
        _ = await node.inbox()
        _ = await node.send(Messages.heartbeat(1))
        let session = try #require(await requests.next()).session
        await node.close(linger: .zero)
        try await until { await router.send(Messages.coordinator(1, .heartbeatAck), to: session) == .unreachable }
        #expect(await router.counters.forgotten == 1)
        try await expectAlive(router, requests)
    }

    @Test("A node finds a coordinator that came back on the same port")
    func comesBack() async throws {
        let loop = try PollLoop(name: "router")
        let first = try RouterTransport(loop: loop, endpoint: "tcp://127.0.0.1:*")
        let toFirst = await first.inbox()
        let node = try dealer(first)
        let replies = await node.inbox()
        _ = await node.send(Messages.heartbeat(1))
        _ = await toFirst.next()
        await first.close(linger: .zero)
        try await until { await !node.isConnected }
        #expect(await node.send(Messages.heartbeat(2)) == .queued)
        var second: RouterTransport?
        try await until {
            second = try? RouterTransport(loop: loop, endpoint: first.endpoint)
            return second != nil
        }
        let back = try #require(second)
        let toSecond = await back.inbox()
        let request = try #require(await toSecond.next())
        #expect(request.envelope.sequence == 2)
        _ = await back.send(Messages.coordinator(9, .drain), to: request.session)
        #expect(try #require(await replies.next()).sequence == 9)
    }

    @Test("A node that does not read costs its coordinator a bounded queue, and gets what was queued in order")
    func slowReader() async throws {
        let router = try router { limits in
            limits.queuedBytes = 1 << 20
            limits.highWater = 4
            // What does not read answers no pings; on a busy machine filling the queue takes longer than they wait.
            limits.silentConnection = .seconds(600)
        }
        let requests = await router.inbox()
        var options = SocketOptions()
        options.receiveHighWater = 4
        options.heartbeatTimeout = .seconds(600)
        let socket = try Socket(Context(), .dealer, options)
        try socket.connect(router.endpoint)
        let hello = try WireCodec().encode(Messages.heartbeat(1))
        try await until { (try? socket.send(hello)) == .accepted }
        let session = try #require(await requests.next()).session
        var outcomes: [SendOutcome] = []
        var index = 0
        while outcomes.last != .dropped, index < 1000 {
            outcomes.append(
                await router.send(
                    Messages.coordinator(index, .chunk(Messages.chunk(index, byteCount: 100_000))), to: session))
            index += 1
        }
        try #require(outcomes.last == .dropped && outcomes.contains(.queued), "\(outcomes.suffix(3))")
        for expected in 0..<index - 1 {
            var frame: [UInt8]?
            while frame == nil {
                frame = try socket.receive()?.parts.first
                await Task.yield()
            }
            let reply = try WireCodec().decodeCoordinatorMessage(try #require(frame))
            #expect(reply.sequence == UInt64(expected))
        }
        #expect(await router.counters.dropped == 1)
    }

    @Test("A node of another protocol version is told so")
    func otherVersion() async throws {
        let router = try router()
        _ = await router.inbox()
        var frame = try WireCodec().encode(Messages.heartbeat(1))
        frame[9] = 99
        let socket = try Socket(Context(), .dealer)
        try socket.connect(router.endpoint)
        let checksum = checksumOf(frame)
        frame.replaceSubrange(4..<8, with: (0..<4).map { UInt8(truncatingIfNeeded: checksum >> UInt32(8 * $0)) })
        try await until { (try? socket.send(frame)) == .accepted }
        var reply: Socket.Message?
        while reply == nil {
            reply = try socket.receive()
            await Task.yield()
        }
        let envelope = try WireCodec().decodeCoordinatorMessage(try #require(reply?.parts.first))
        guard case .reject(let rejection) = envelope.message else { throw Unexpected() }
        #expect(rejection.reason == .protocolVersion && envelope.incarnation.rawValue == 5)
        #expect(rejection.explanation == "The sender speaks protocol version 99; this is version 1.")
    }

    @Test("Sessions are capped")
    func cap() async throws {
        let router = try router { $0.sessions = 2 }
        let requests = await router.inbox()
        var nodes: [DealerTransport] = []
        for index in 0..<3 {
            let node = try dealer(router)
            _ = await node.inbox()
            _ = await node.send(Messages.heartbeat(index))
            nodes.append(node)
            if index < 2 { _ = await requests.next() }
        }
        try await until { await router.counters.refused[.tooManySessions] == 1 }
        #expect(await router.counters.sessions == 2)
        #expect(nodes.count == 3)
    }
}
