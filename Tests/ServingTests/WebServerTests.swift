import FlyingSocks
import Foundation
import Testing

@testable import Serving

@Suite struct WebServerTests {
    /// What came back on the wire, byte for byte.
    private func exchange(_ server: WebServer, _ lines: [String]) async throws -> String {
        let socket = try await AsyncSocket.connected(
            to: try sockaddr_in.inet(ip4: "127.0.0.1", port: server.address.port), timeout: 300)
        defer { try? socket.close() }
        try await socket.write(Data((lines + ["Connection: close", "", ""]).joined(separator: "\r\n").utf8))
        var bytes: [UInt8] = []
        do {
            for try await byte in socket.bytes { bytes.append(byte) }
        } catch SocketError.disconnected {
            // The end of what it had to say.
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private func server(_ answer: @escaping WebServer.Answer = { .sentence(200, $0.path) }) async throws -> WebServer {
        try await WebServer(
            at: WebAddress(host: "127.0.0.1", port: 0), hosts: HostRule(names: ["mine"]), answer: answer)
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

    @Test(arguments: ["POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH"])
    func onlyGetIsAnswered(method: String) async throws {
        let server = try await server()
        let reply = try await exchange(server, ["\(method) / HTTP/1.1", "Host: localhost", "Content-Length: 0"])
        #expect(reply.hasPrefix("HTTP/1.1 405 "), "\(reply)")
        #expect(reply.contains("\r\nAllow: GET\r\n"))
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
