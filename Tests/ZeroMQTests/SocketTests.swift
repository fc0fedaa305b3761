import Testing

@testable import ZeroMQ

/// Loopback sockets without a poll loop: what they are set to, and what they answer.
@Suite(.timeLimit(.minutes(5)))
struct SocketTests {
    @Test("A wildcard port becomes a number, and messages travel both ways")
    func echo() async throws {
        let context = try Context()
        let router = try Socket(context, .router)
        let endpoint = try router.bind("tcp://127.0.0.1:*")
        #expect(endpoint.hasPrefix("tcp://127.0.0.1:") && !endpoint.hasSuffix("*") && !endpoint.hasSuffix(":0"))
        let dealer = try Socket(context, .dealer)
        try dealer.connect(endpoint)
        while try dealer.send([1, 2, 3]) != .accepted { await Task.yield() }
        var request: Socket.Message?
        while request == nil {
            request = try router.receive()
            await Task.yield()
        }
        let parts = try #require(request).parts
        #expect(parts.count == 2 && parts[1] == [1, 2, 3])
        #expect(try router.send(parts[0], [9]) == .accepted)
        var reply: Socket.Message?
        while reply == nil {
            reply = try dealer.receive()
            await Task.yield()
        }
        #expect(reply?.parts == [[9]])
    }

    @Test("A port in use is an error that says so")
    func inUse() throws {
        let context = try Context()
        let first = try Socket(context, .router)
        let endpoint = try first.bind("tcp://127.0.0.1:*")
        let second = try Socket(context, .router)
        do {
            _ = try second.bind(endpoint)
            Issue.record("the port was bound twice")
        } catch {
            #expect(error.isAddressInUse)
            #expect("\(error)" == "Cannot bind \(endpoint): Address already in use.")
        }
    }

    @Test("A ROUTER says when it knows no such peer, a DEALER when it has none")
    func nobody() throws {
        let context = try Context()
        let router = try Socket(context, .router)
        #expect(try router.send([1, 2, 3, 4, 5], [1]) == .unreachable)
        let dealer = try Socket(context, .dealer)
        try dealer.connect("tcp://127.0.0.1:9")
        #expect(try dealer.send([1]) == .wouldBlock)
        #expect(try dealer.receive() == nil)
    }

    @Test("Parts beyond those asked for are dropped and reported")
    func manyParts() async throws {
        let context = try Context()
        let router = try Socket(context, .router)
        let endpoint = try router.bind("inproc://parts")
        let dealer = try Socket(context, .dealer)
        try dealer.connect(endpoint)
        #expect(try dealer.send([1], [2], [3], [4]) == .accepted)
        var message: Socket.Message?
        while message == nil {
            message = try router.receive()
            await Task.yield()
        }
        #expect(message?.parts.count == 2 && message?.wasCut == true)
    }

    @Test("CURVE keys: a pair is derived again from its secret half, and nonsense is no key")
    func keys() throws {
        let pair = try CurveKeyPair.generate()
        #expect(try CurveKeyPair(secretKey: pair.secretKey) == pair)
        #expect(try CurveKeyPair.generate() != pair)
        #expect(CurvePublicKey("short") == nil)
        #expect(CurvePublicKey(String(repeating: "~", count: 40)) == nil)
        #expect(CurvePublicKey(bytes: [1, 2, 3]) == nil)
    }

    @Test("Only admitted CURVE clients get through")
    func gatekeeper() async throws {
        let context = try Context()
        let gatekeeper = try Gatekeeper(context)
        let server = try CurveKeyPair.generate()
        let friend = try CurveKeyPair.generate()
        var options = SocketOptions()
        options.security = .curveServer(server)
        let router = try Socket(context, .router, options)
        let endpoint = try router.bind("tcp://127.0.0.1:*")
        options.security = .curveClient(try .generate(), server: server.publicKey)
        let stranger = try Socket(context, .dealer, options)
        try stranger.connect(endpoint)
        options.security = .curveClient(friend, server: server.publicKey)
        let known = try Socket(context, .dealer, options)
        try known.connect(endpoint)
        var answers: Set<Bool> = []
        var request: Socket.Message?
        while request == nil || answers.count < 2 {
            if let answer = try gatekeeper.answer({ key, _ in key == friend.publicKey }) { answers.insert(answer) }
            #expect(try stranger.send([0]) == .wouldBlock)
            if request == nil { _ = try known.send([1]) }
            if let message = try router.receive() { request = message }
            await Task.yield()
        }
        #expect(request?.parts.last == [1])
        #expect(request?.user == friend.publicKey.description)
    }
}
