import FlyingSocks
import Foundation
import Testing

@testable import Serving

@Suite struct WebServerTests {
    /// What came back on the wire, byte for byte.
    private func exchange(_ server: WebServer, _ lines: [String]) async throws -> String {
        let socket = try await connect(server)
        defer { try? socket.close() }
        try await socket.write(Data((lines + ["Connection: close", "", ""]).joined(separator: "\r\n").utf8))
        return try await rest(socket)
    }

    private func connect(_ server: WebServer) async throws -> AsyncSocket {
        try await AsyncSocket.connected(
            to: try sockaddr_in.inet(ip4: "127.0.0.1", port: server.address.port), timeout: 300)
    }

    /// All that comes until the other side closes.
    private func rest(_ socket: AsyncSocket) async throws -> String {
        var bytes: [UInt8] = []
        do {
            for try await byte in socket.bytes { bytes.append(byte) }
        } catch SocketError.disconnected {
            // The end of what it had to say.
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// - Parameter patience: longer than any test waits for its turn on a busy machine, unless said.
    private func server(
        _ patience: WebConnection.Patience = .init(head: .seconds(300), write: .seconds(300), body: .seconds(300)),
        limit: Int = 256, _ answer: @escaping WebServer.Answer = { .sentence(200, $0.path) }
    ) async throws -> WebServer {
        try await WebServer(
            at: WebAddress(host: "127.0.0.1", port: 0), hosts: HostRule(names: ["mine"]), patience: patience,
            limit: limit, answer: answer)
    }

    @Test func answersWithProtection() async throws {
        let server = try await server { request in .sentence(200, "\(request.path) \(request["q"] ?? "-")") }
        let reply = try await exchange(server, ["GET /a%20b?q=1%262 HTTP/1.1", "Host: mine"])
        #expect(reply.hasPrefix("HTTP/1.1 200 OK\r\n"))
        #expect(reply.hasSuffix("/a b 1&2\n"))
        for (name, value) in WebReply.protection { #expect(reply.contains("\r\n\(name): \(value)\r\n"), "\(name)") }
        let policy = try #require(WebReply.protection.first { $0.0 == "Content-Security-Policy" }?.1)
        #expect(policy.hasPrefix("default-src 'none'"))
        #expect(!policy.contains("unsafe"))
        #expect(!policy.contains("*"))
    }

    @Test(arguments: ["POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "CONNECT", "BREW"])
    func onlyGetIsAnswered(method: String) async throws {
        let server = try await server()
        let reply = try await exchange(server, ["\(method) / HTTP/1.1", "Host: localhost", "Content-Length: 0"])
        #expect(reply.hasPrefix("HTTP/1.1 405 "), "\(reply)")
        #expect(reply.contains("\r\nAllow: GET, HEAD\r\n"))
    }

    @Test func headIsAnsweredAsGetWithoutItsText() async throws {
        let server = try await server { _ in .sentence(200, "words") }
        let get = try await exchange(server, ["GET / HTTP/1.1", "Host: localhost"])
        #expect(get.hasSuffix("words\n"))
        #expect(try await exchange(server, ["HEAD / HTTP/1.1", "Host: localhost"]) + "words\n" == get)
    }

    @Test func aBodyIsAnsweredWithoutReadingIt() async throws {
        let server = try await server()
        let body = String(repeating: "x", count: 100_000)
        let socket = try await connect(server)
        defer { try? socket.close() }
        try await socket.write(
            Data("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)".utf8))
        #expect(try await rest(socket).hasPrefix("HTTP/1.1 405 "))
    }

    // MARK: - Strangers

    @Test(arguments: [
        ("GET / HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n", 400), ("GET /\r\n\r\n", 400),
        ("\u{16}\u{3}\u{1}\r\n\r\n", 400),
        ("GET /%ff HTTP/1.1\r\nHost: localhost\r\n\r\n", 400), ("GET / HTTP/2\r\nHost: localhost\r\n\r\n", 505),
        ("GET / HTTP/1.1\r\nHost : localhost\r\n\r\n", 400),
    ])
    func nonsenseIsRefused(head: String, status: Int) async throws {
        let server = try await server()
        let socket = try await connect(server)
        defer { try? socket.close() }
        try await socket.write(Data(head.utf8))
        #expect(try await rest(socket).hasPrefix("HTTP/1.1 \(status) "))
    }

    @Test(arguments: ["GET /", "GET / HTTP/1.1\r\nHost: localhost\r\nX: ", "\r\n\r\n\r\n"])
    func aHeadWithoutAnEndIsRefusedForItsLength(begin: String) async throws {
        let server = try await server()
        let socket = try await connect(server)
        defer { try? socket.close() }
        try await socket.write(Data((begin + String(repeating: "a", count: 400_000)).utf8.prefix(9000)))
        #expect(try await rest(socket).hasPrefix("HTTP/1.1 431 "))
        let other = try await exchange(server, ["GET /still HTTP/1.1", "Host: localhost"])
        #expect(other.hasSuffix("/still\n"))
    }

    @Test func whoSendsNoHeadIsLeft() async throws {
        let server = try await server(.init(head: .milliseconds(200))) { _ in .sentence(200, "") }
        let silent = try await connect(server)
        defer { try? silent.close() }
        try await silent.write(Data("GET / HT".utf8))
        #expect(try await rest(silent).isEmpty)
    }

    @Test(.timeLimit(.minutes(5))) func whoTakesNoAnswerIsLeft() async throws {
        // More than what systems hold for a peer that does not read.
        let block = [UInt8](repeating: 0x78, count: 1 << 16)
        let (ended, end) = AsyncStream<Void>.makeStream()
        let server = try await server(.init(head: .seconds(300), write: .milliseconds(200))) { _ in
            let (events, more) = AsyncStream<[UInt8]>.makeStream()
            more.onTermination = { _ in end.finish() }
            for _ in 0..<400 { more.yield(block) }
            return WebReply(events: events)
        }
        let slow = try await connect(server)
        defer { try? slow.close() }
        try await slow.write(Data("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".utf8))
        for await _ in ended {}
    }

    @Test func moreConnectionsThanThereIsRoomForAreClosed() async throws {
        let limit = 8
        let server = try await server(limit: limit)
        var sockets: [AsyncSocket] = []
        defer { for socket in sockets { try? socket.close() } }
        for _ in 0..<limit { sockets.append(try await connect(server)) }
        let last = try await connect(server)
        sockets.append(last)
        #expect(try await rest(last).isEmpty)
        // With room again there is an answer.
        for socket in sockets.prefix(5) { try socket.close() }
        sockets.removeFirst(5)
        let deadline = ContinuousClock.now + .seconds(20)
        var reply = ""
        while !reply.hasSuffix("/again\n"), ContinuousClock.now < deadline {
            reply = (try? await exchange(server, ["GET /again HTTP/1.1", "Host: localhost"])) ?? ""
        }
        #expect(reply.hasSuffix("/again\n"))
    }

    @Test(arguments: [["Host: evil.example"], []])
    func foreignNamesAreNotAnswered(headers: [String]) async throws {
        let server = try await server()
        let reply = try await exchange(server, ["GET / HTTP/1.1"] + headers)
        #expect(reply.hasPrefix("HTTP/1.1 421 "), "\(reply)")
    }

    @Test func eventsComeAsTheyHappen() async throws {
        let hub = EventHub()
        hub.publish("one", on: "a")
        let server = try await server { _ in hub.watch("a").map { WebReply(events: $0) } ?? .sentence(503, "full") }
        let socket = try await AsyncSocket.connected(
            to: try sockaddr_in.inet(ip4: "127.0.0.1", port: server.address.port), timeout: 300)
        try await socket.write(Data("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".utf8))
        var seen = ""
        for try await byte in socket.bytes {
            seen.unicodeScalars.append(Unicode.Scalar(byte))
            if seen.hasSuffix("data: one\n\n") { hub.publish("two", on: "a") }
            if seen.hasSuffix("data: two\n\n") { break }
        }
        #expect(seen.contains("\r\nContent-Type: text/event-stream\r\n"))
        #expect(hub.count == 1)
        // The server finds out with the next writes that nobody is there.
        try socket.close()
        let deadline = ContinuousClock.now + .seconds(20)
        while hub.count > 0, ContinuousClock.now < deadline {
            hub.beat()
            await Task.yield()
        }
        #expect(hub.count == 0)
    }

    @Test func aPortInUseIsASentence() async throws {
        let server = try await server()
        let error = await #expect(throws: WebServerError.self) {
            try await WebServer(at: server.address) { _ in .sentence(200, "") }
        }
        let sentence = try #require(error?.description)
        #expect(sentence.hasPrefix("cannot listen at 127.0.0.1:\(server.address.port): "))
        #expect(sentence.contains("in use"), "\(sentence)")
    }
}
