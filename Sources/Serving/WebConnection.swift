import FlyingSocks
import Foundation

/// One request of one peer and its answer; then the connection is closed.
///
/// What a peer sends is bounded, and so is the time for which it may keep this server waiting.
struct WebConnection: Sendable {
    let socket: AsyncSocket
    let hosts: HostRule
    let answer: WebServer.Answer
    var patience = Patience()

    /// How long a peer may keep this server waiting.
    struct Patience: Sendable {
        /// For a head to come.
        var head = Duration.seconds(10)
        /// For 64 KiB to be taken.
        var write = Duration.seconds(30)
        /// For a body that nobody reads to end: a peer may send all of it before it reads the answer.
        var body = Duration.seconds(2)
    }

    private static let piece = 1 << 16

    private struct Late: Error {}

    /// Serves, and closes.
    func serve() async {
        defer { try? socket.close() }
        do {
            let head: RequestHead
            do {
                head = try await Self.within(patience.head) { [socket] in try await Self.head(from: socket) }
            } catch let malformed as RequestHead.Malformed {
                try await send(.sentence(malformed.status, malformed.sentence), hasBody: true)
                return try await discard()
            }
            try await send(reply(to: head), hasBody: head.method != "HEAD")
            if head.hasBody { try await discard() }
        } catch {
            // The peer is gone, or too slow.
        }
    }

    private func reply(to head: RequestHead) async -> WebReply {
        guard hosts.admits(head.host) else {
            return .sentence(
                421, "This server does not answer to that name: use its address, or start it with --allow-host NAME.")
        }
        guard head.method == "GET" || head.method == "HEAD" else {
            var reply = WebReply.sentence(405, "This server only answers GET and HEAD.")
            reply.headers["Allow"] = "GET, HEAD"
            return reply
        }
        return await answer(head.request)
    }

    // MARK: - Reading

    private static func head(from socket: AsyncSocket) async throws -> RequestHead {
        var reader = HeadReader()
        while true {
            if let head = reader.take(try await socket.read(atMost: RequestHead.limit)) { return try RequestHead(head) }
            // Longer ones are refused for their length, whatever is in them.
            if reader.isTooLong { return try RequestHead(reader.bytes) }
        }
    }

    /// Reads what comes without looking at it: closing over bytes unread would take the answer away from the peer.
    private func discard() async throws {
        shutdown(socket.socket.file.rawValue, Int32(SHUT_WR))
        try await Self.within(patience.body) { [socket] in
            for _ in 0..<256 { _ = try await socket.read(atMost: 4096) }
        }
    }

    // MARK: - Writing

    private func send(_ reply: WebReply, hasBody: Bool) async throws {
        var head = "HTTP/1.1 \(reply.status) \(WebReply.phrase(reply.status))\r\n"
        var fields = [("Content-Type", reply.type), ("Connection", "close")] + WebReply.protection
        if case .text(let text) = reply.body { fields.append(("Content-Length", "\(text.utf8.count)")) }
        fields += reply.headers.sorted { $0.key < $1.key }
        for (name, value) in fields { head += "\(name): \(value)\r\n" }
        try await write(Data("\(head)\r\n".utf8))
        guard hasBody else { return }
        switch reply.body {
        case .text(let text): try await write(Data(text.utf8))
        case .events(let events): for await event in events { try await write(Data(event)) }
        }
    }

    private func write(_ data: Data) async throws {
        for start in stride(from: 0, to: data.count, by: Self.piece) {
            let piece = data[start..<min(start + Self.piece, data.count)]
            try await Self.within(patience.write) { [socket] in try await socket.write(piece) }
        }
    }

    private static func within<Value: Sendable>(
        _ patience: Duration, _ body: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        try await withThrowingTaskGroup(of: Value?.self) { group in
            group.addTask { try await body() }
            group.addTask {
                try await Task.sleep(for: patience)
                return nil
            }
            defer { group.cancelAll() }
            guard let first = try await group.next(), let value = first else { throw Late() }
            return value
        }
    }
}
