import FlyingFox
import FlyingSocks
import Foundation
public import JSONLines
import Synchronization

/// An OpenAI-compatible server on a free loopback port that answers as a test tells it to, and misbehaves when told so.
///
/// What it answers to a request depends on the request alone, so that runs against it can be compared.
public final class FakeEndpoint: Sendable {
    /// What happens to one call.
    public enum Reaction: Sendable {
        /// The answer's text, with the tokens of the answer when the request asks for log-probabilities.
        case text(String, tokens: JSON? = nil)
        /// Any status, headers and body.
        case raw(status: Int, headers: [String: String] = [:], body: String)
        /// Nothing, until the server stops.
        case hang
    }

    /// One call as it came.
    public struct Call: Sendable {
        /// Counts from 1, over everything asked of this server.
        public let number: Int
        /// `POST`, `GET`, …
        public let method: String
        /// `/v1/chat/completions`, `/v1/completions` or another route.
        public let path: String
        /// The `Authorization` header.
        public let authorization: String?
        /// The body.
        public let body: JSON

        /// What the model would read: the last message, or the prompt.
        public var prompt: String {
            body["messages"]?.array?.last?["content"]?.string ?? body["prompt"]?.string ?? ""
        }
    }

    /// The base URL.
    public let url: String
    private let running: Task<Void, any Error>
    private let log: Log

    private final class Log: Sendable {
        let calls = Mutex<[Call]>([])
    }

    /// Starts a server.
    public init(_ react: @escaping @Sendable (Call) -> Reaction) async throws {
        let log = Log()
        self.log = log
        let answer = ClosureHTTPHandler { request in
            let body = try await request.bodyData
            let call = log.calls.withLock { calls in
                let call = Call(
                    number: calls.count + 1, method: request.method.rawValue, path: request.path,
                    authorization: request.headers[.authorization],
                    body: (try? JSON.parse([UInt8](body))) ?? .null)
                calls.append(call)
                return call
            }
            return try await Self.response(react(call), to: call)
        }
        let address = try sockaddr_in.inet(ip4: "127.0.0.1", port: 0)
        let server = HTTPServer(address: address, timeout: 60, logger: .disabled, handler: answer)
        running = Task { try await server.run() }
        try await server.waitUntilListening(timeout: 60)
        guard let address = await server.listeningAddress, case .ip4(_, let port) = address else {
            throw NotListening()
        }
        url = "http://127.0.0.1:\(port)/v1"
    }

    private struct NotListening: Error {}

    deinit { running.cancel() }

    /// Everything asked so far.
    public var calls: [Call] { log.calls.withLock { $0 } }

    private static func response(_ reaction: Reaction, to call: Call) async throws -> HTTPResponse {
        switch reaction {
        case .hang:
            try await Task.sleep(for: .seconds(3600))
            return HTTPResponse(statusCode: .ok)
        case .raw(let status, let headers, let body):
            var response = HTTPResponse(
                statusCode: HTTPStatusCode(status, phrase: "Status"), body: Data(body.utf8))
            for (name, value) in headers { response.headers[HTTPHeader(name)] = value }
            return response
        case .text(let text, let tokens):
            let isChat = call.path.hasSuffix("/chat/completions")
            var choice: JSONObject =
                isChat ? ["message": ["role": "assistant", "content": .string(text)]] : ["text": .string(text)]
            if let tokens, call.body["logprobs"] != nil { choice["logprobs"] = tokens }
            let body: JSON = [
                "object": "answer", "choices": [.object(choice)],
                "usage": [
                    "prompt_tokens": .integer(Int64(call.prompt.split(separator: " ").count)),
                    "completion_tokens": .integer(Int64(text.split(separator: " ").count)),
                ],
            ]
            return HTTPResponse(statusCode: .ok, body: Data(body.serialized().utf8))
        }
    }
}
