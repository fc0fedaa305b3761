import RolloutCore
import Testing
import ZeroMQ

@testable import Transport

@Suite(.timeLimit(.minutes(5)))
struct SecurityTests {
    @Test(
        "Loopback is told from the rest of the world",
        arguments: [
            ("tcp://127.0.0.1:7070", true), ("tcp://127.0.0.9:*", true), ("tcp://[::1]:0", true),
            ("tcp://localhost:1", true), ("ipc:///tmp/x", true), ("tcp://0.0.0.0:7070", false), ("tcp://*:7070", false),
            ("tcp://127.example.org:1", false), ("tcp://127.0.0.1.example.org:1", false), ("tcp://[::]:1", false),
            ("tcp://eth0:7070", false), ("tcp://127.0.0.999:1", false),
        ])
    func reach(endpoint: String, isLoopback: Bool) throws {
        #expect((try Reach(of: endpoint) == .loopback) == isLoopback)
    }

    @Test(
        "What is no endpoint is refused",
        arguments: [
            "", "7070", "tcp://", "tcp://host", "tcp://host:port", "udp://h:1", "tcp://h:70000", "tcp://:1",
            "tcp://h:+5", "tcp://a b:5", "tcp://::1:5",
        ])
    func bad(endpoint: String) {
        #expect(throws: TransportError.badEndpoint(endpoint)) { try Reach(of: endpoint) }
    }

    @Test("Nobody connects to every interface or to any port", arguments: ["tcp://*:5", "tcp://h:*", "tcp://h:0"])
    func noPeer(endpoint: String) throws {
        #expect(throws: TransportError.badEndpoint(endpoint)) { try Reach(of: endpoint, isPeer: true) }
        #expect(try Reach(of: endpoint) == .anywhere)
    }

    @Test("A plain endpoint that leaves loopback is refused unless asked for by name")
    func unprotected() throws {
        let loop = try PollLoop(name: "test")
        #expect(throws: TransportError.unprotected(endpoint: "tcp://0.0.0.0:*")) {
            try RouterTransport(loop: loop, endpoint: "tcp://0.0.0.0:*")
        }
        _ = try RouterTransport(loop: loop, endpoint: "tcp://0.0.0.0:*", security: .plainInsecure)
    }

    @Test("A port in use is one sentence")
    func inUse() throws {
        let loop = try PollLoop(name: "test")
        let first = try RouterTransport(loop: loop, endpoint: "tcp://127.0.0.1:*")
        #expect {
            try RouterTransport(loop: loop, endpoint: first.endpoint)
        } throws: {
            "\($0)" == "\(first.endpoint) is already in use; stop the process that has it or choose another port."
        }
    }

    @Test("A node does not talk in plain to another machine unless asked for by name")
    func unprotectedNode() throws {
        let loop = try PollLoop(name: "test")
        #expect(throws: TransportError.unprotectedNode(endpoint: "tcp://192.0.2.1:7070")) {
            try DealerTransport(loop: loop, endpoint: "tcp://192.0.2.1:7070")
        }
        _ = try DealerTransport(loop: loop, endpoint: "tcp://192.0.2.1:7070", security: .plainInsecure)
    }

    private let server: CurveKeyPair
    private let friend: CurveKeyPair
    private let former: CurveKeyPair
    private let list: AllowList

    init() throws {
        (server, friend, former) = (try .generate(), try .generate(), try .generate())
        var list = AllowList()
        try list.add("friend", friend.publicKey)
        try list.add("former", former.publicKey)
        try list.revoke("former")
        self.list = list
    }

    private func router(_ keyGuard: KeyGuard, _ loop: PollLoop) throws -> RouterTransport {
        try RouterTransport(loop: loop, endpoint: "tcp://127.0.0.1:*", security: .curve(server, keyGuard))
    }

    private func node(_ router: RouterTransport, _ keys: CurveKeyPair, _ server: CurvePublicKey) async throws
        -> DealerTransport
    {
        let node = try DealerTransport(
            loop: router.loop, endpoint: router.endpoint, security: .curve(keys, server: server))
        _ = await node.inbox()
        _ = await node.send(Messages.heartbeat(666))
        return node
    }

    /// Both ends find out from the other's greeting; who is slower sees a connection that ended in its handshake instead.
    private func sawOtherMechanism(_ counters: TransportCounters) -> Bool {
        let refused = counters.refusedConnections
        return refused[.otherMechanism, default: 0] + refused[.unfinished, default: 0] > 0
    }

    @Test("Over CURVE an admitted node is heard; every other one is refused with its reason, on both sides")
    func curve() async throws {
        let router = try router(KeyGuard(list), PollLoop(name: "test"))
        let requests = await router.inbox()
        let strangers: [(ConnectionRefusal, ConnectionRefusal, DealerTransport)] = [
            (.unknownKey, .unauthorized, try await node(router, .generate(), server.publicKey)),
            (.revokedKey, .unauthorized, try await node(router, former, server.publicKey)),
            (.wrongServerKey, .unfinished, try await node(router, friend, CurveKeyPair.generate().publicKey)),
        ]
        for (reason, heard, stranger) in strangers {
            try await until { await router.counters.refusedConnections[reason, default: 0] > 0 }
            try await until { await stranger.counters.refusedConnections[heard, default: 0] > 0 }
        }
        let plain = try DealerTransport(loop: router.loop, endpoint: router.endpoint)
        _ = await plain.inbox()
        _ = await plain.send(Messages.heartbeat(666))
        try await until { sawOtherMechanism(await router.counters) }
        try await until { sawOtherMechanism(await plain.counters) }
        let lines = await router.takeRefusals()
        #expect(
            lines.contains { $0.contains("from 127.0.0.1 with the key of former: its key was revoked") }, "\(lines)")
        #expect(await router.takeRefusals().isEmpty)

        let known = try DealerTransport(
            loop: router.loop, endpoint: router.endpoint, security: .curve(friend, server: server.publicKey))
        _ = await known.inbox()
        _ = await known.send(Messages.heartbeat(1))
        #expect(try #require(await requests.next()).envelope.sequence == 1)
        #expect(await router.counters.received == 1)
        #expect(await router.counters.sessions == 1)
    }

    @Test("A node with keys does not talk to a coordinator without")
    func downgrade() async throws {
        let router = try RouterTransport(loop: PollLoop(name: "test"), endpoint: "tcp://127.0.0.1:*")
        _ = await router.inbox()
        let node = try await node(router, friend, server.publicKey)
        try await until { sawOtherMechanism(await node.counters) }
        #expect(await router.counters.received == 0)
        #expect(await !node.isConnected)
    }

    @Test("A key that is revoked while its node is connected ends its session, and the connection begins no other")
    func revocation() async throws {
        let file = try TemporaryFile()
        try file.write(list.text)
        let keyGuard = try KeyGuard(path: file.path)
        let router = try router(keyGuard, PollLoop(name: "test"))
        let requests = await router.inbox()
        let node = try await node(router, friend, server.publicKey)
        let session = try #require(await requests.next()).session
        #expect(await router.expelled.isEmpty)

        var shorter = list
        try shorter.revoke("friend")
        try file.write(shorter.text)
        #expect(keyGuard.reload() == .changed(added: [], removed: ["friend"]))
        #expect(await router.expelled == [session])
        await router.forget(session)
        _ = await node.send(Messages.heartbeat(2))
        try await until { await router.counters.refused[.notAdmitted, default: 0] > 0 }
        #expect(await router.counters.received == 1)
        #expect(await router.expelled.isEmpty)
    }
}
