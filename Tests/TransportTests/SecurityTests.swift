import RolloutCore
import Testing
import ZeroMQ

@testable import Transport

@Suite(.timeLimit(.minutes(1)))
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
        arguments: ["", "7070", "tcp://", "tcp://host", "tcp://host:port", "udp://h:1", "tcp://h:70000", "tcp://:1"])
    func bad(endpoint: String) {
        #expect(throws: TransportError.badEndpoint(endpoint)) { try Reach(of: endpoint) }
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

    @Test("Over CURVE an admitted node is heard; a stranger and a plain node are not, and are counted")
    func curve() async throws {
        let loop = try PollLoop(name: "test")
        let (server, friend) = (try CurveKeyPair.generate(), try CurveKeyPair.generate())
        let router = try RouterTransport(
            loop: loop, endpoint: "tcp://127.0.0.1:*", security: .curve(server) { $0 == friend.publicKey })
        let requests = await router.inbox()
        let stranger = try DealerTransport(
            loop: loop, endpoint: router.endpoint, security: .curve(.generate(), server: server.publicKey))
        let plain = try DealerTransport(loop: loop, endpoint: router.endpoint)
        for node in [stranger, plain] {
            _ = await node.inbox()
            _ = await node.send(Messages.heartbeat(666))
        }
        await until { await router.counters.failedHandshakes >= 2 }
        let known = try DealerTransport(
            loop: loop, endpoint: router.endpoint, security: .curve(friend, server: server.publicKey))
        _ = await known.inbox()
        _ = await known.send(Messages.heartbeat(1))
        #expect(try #require(await requests.next()).envelope.sequence == 1)
        #expect(await router.counters.received == 1)
    }
}
