import FlyingFox
import FlyingSocks
import Foundation

/// A small server for people who look at a run: answers GET, refuses everything else, and changes nothing.
public final class WebServer: Sendable {
    /// Answers one request.
    public typealias Answer = @Sendable (WebRequest) async -> WebReply

    /// Where it listens, with the port that was taken.
    public let address: WebAddress
    private let serving: Task<Void, any Error>

    /// Begins to listen.
    ///
    /// - Throws: `WebServerError` when the address cannot be listened at.
    public init(at address: WebAddress, hosts: HostRule = HostRule(), answer: @escaping Answer)
        async throws(WebServerError)
    {
        let handler = ClosureHTTPHandler { request in await Self.response(to: request, hosts, answer) }
        do {
            let server = try Self.server(at: address, handler)
            let (failures, failure) = AsyncThrowingStream<Never, any Error>.makeStream()
            serving = Task {
                do {
                    try await server.run()
                } catch {
                    failure.finish(throwing: error)
                    throw error
                }
            }
            try await Self.wait(for: server, failures)
            guard let bound = await server.listeningAddress else { throw SocketError.disconnected }
            switch bound {
            case .ip4(_, let port), .ip6(_, let port): self.address = WebAddress(host: address.host, port: port)
            case .unix: self.address = address
            }
        } catch {
            throw WebServerError(address: address, reason: Self.reason(error))
        }
    }

    deinit { serving.cancel() }

    /// Serves until the task that waits here is cancelled.
    public func run() async throws {
        try await withTaskCancellationHandler {
            try await serving.value
        } onCancel: {
            serving.cancel()
        }
    }

    private static func server(at address: WebAddress, _ handler: ClosureHTTPHandler) throws -> HTTPServer {
        if address.isIPv6 {
            return HTTPServer(
                address: try sockaddr_in6.inet6(ip6: address.host, port: address.port), logger: .disabled,
                handler: handler)
        }
        return HTTPServer(
            address: try sockaddr_in.inet(ip4: address.host, port: address.port), logger: .disabled, handler: handler)
    }

    /// Until it listens, or has failed to.
    private static func wait(for server: HTTPServer, _ failures: AsyncThrowingStream<Never, any Error>) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await server.waitUntilListening(timeout: 30) }
            group.addTask { for try await _ in failures {} }
            try await group.next()
            group.cancelAll()
        }
    }

    private static func response(to request: HTTPRequest, _ hosts: HostRule, _ answer: Answer) async -> HTTPResponse {
        guard hosts.admits(request.headers[.host]) else {
            let sentence =
                "This server does not answer to that name: use its address, or start it with --allow-host NAME."
            return response(.sentence(421, sentence))
        }
        guard request.method == .GET else {
            var reply = WebReply.sentence(405, "This server only answers GET.")
            reply.headers["Allow"] = "GET"
            return response(reply)
        }
        let query = request.query.map { WebRequest.Item($0.name, $0.value) }
        return response(await answer(WebRequest(request.path, query)))
    }

    private static func response(_ reply: WebReply) -> HTTPResponse {
        let status = HTTPStatusCode(reply.status, phrase: WebReply.phrase(reply.status))
        var response =
            switch reply.body {
            case .text(let text): HTTPResponse(statusCode: status, body: Data(text.utf8))
            case .events(let events):
                HTTPResponse(statusCode: status, body: HTTPBodySequence(from: EventBody(events: events)))
            }
        response.headers[.contentType] = reply.type
        for (name, value) in WebReply.protection { response.headers[HTTPHeader(name)] = value }
        for (name, value) in reply.headers { response.headers[HTTPHeader(name)] = value }
        return response
    }

    private static func reason(_ error: any Error) -> String {
        if case SocketError.failed(_, _, let message) = error { return message }
        return "\(error)"
    }
}

/// Why a server does not listen.
public struct WebServerError: Error, CustomStringConvertible {
    let address: WebAddress
    let reason: String

    /// One sentence.
    public var description: String { "cannot listen at \(address): \(reason); choose another address" }
}
