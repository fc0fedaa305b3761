import FakeEndpoint
import Foundation
import JSONLines
import Synchronization
import Testing

@testable import Endpoints

/// Against a server on loopback that fails, refuses, hangs and talks nonsense. Waiting is counted instead of done.
@Suite(.timeLimit(.minutes(5))) struct EndpointClientTests {
    private final class Waits: Sendable {
        let all = Mutex<[Duration]>([])
        var time: EndpointClient.Timekeeper {
            EndpointClient.Timekeeper(sleep: { wait in self.all.withLock { $0.append(wait) } }, wallClock: { 0 })
        }
        var list: [Duration] { all.withLock { $0 } }
    }

    private let waits = Waits()

    private func client(
        _ server: FakeEndpoint, cache: AnswerCache? = nil, _ change: (inout Endpoint) -> Void = { _ in }
    ) -> EndpointClient {
        var endpoint = Endpoint(url: server.url, model: "tiny", price: TokenPrice(input: 1_000_000, output: 2_000_000))
        change(&endpoint)
        return EndpointClient(endpoint, cache: cache, time: waits.time, random: { 1 })
    }

    private func request(_ text: String) -> CompletionRequest {
        CompletionRequest(.chat(system: nil, user: text), maxTokens: 4)
    }

    private let requests = ["a", "b b", "c c c", "d", "e", "f"].map {
        CompletionRequest(.chat(system: nil, user: $0), maxTokens: 4)
    }

    @Test("Answers come in the order of the requests, with tokens and cost counted")
    func answers() async throws {
        let server = try await FakeEndpoint { .text("re \($0.prompt)") }
        let client = client(server)
        let answers = try await client.answers(to: requests).map { try $0.get().text }
        #expect(answers == ["re a", "re b b", "re c c c", "re d", "re e", "re f"])
        #expect(client.usage.answers == 6 && client.usage.retries == 0)
        #expect(client.usage.inputTokens == 9 && client.usage.outputTokens == 15)
        #expect(client.usage.cost == 39)
        #expect(server.calls.allSatisfy { $0.path == "/v1/chat/completions" && $0.authorization == nil })
        #expect(server.calls.allSatisfy { $0.body["model"]?.string == "tiny" })
    }

    @Test("Every third call fails, and nothing is lost")
    func everyThirdCallFails() async throws {
        let server = try await FakeEndpoint { call in
            call.number % 3 == 0 ? .raw(status: 500, body: "oops") : .text("re \(call.prompt)")
        }
        let client = client(server)
        let answers = await client.answers(to: requests)
        #expect(answers.allSatisfy { (try? $0.get()) != nil })
        #expect(client.usage.retries >= 2 && client.usage.failures == 0)
        #expect(waits.list.allSatisfy { $0 == .milliseconds(500) || $0 == .seconds(1) })
    }

    @Test("A server that is too busy is asked again when it says")
    func rateLimited() async throws {
        let server = try await FakeEndpoint { call in
            call.number == 1
                ? .raw(status: 429, headers: ["Retry-After": "17"], body: #"{"error": {"message": "slow down"}}"#)
                : .text("ok")
        }
        let client = client(server)
        #expect(try await client.answers(to: [request("a")])[0].get().text == "ok")
        #expect(waits.list == [.seconds(17) + .milliseconds(125)])
        #expect(client.usage.limited == 1)
    }

    @Test("A used-up limit holds everybody back until its reset")
    func pause() async throws {
        let server = try await FakeEndpoint { call in
            call.number == 1
                ? .raw(
                    status: 200,
                    headers: ["x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "45s"],
                    body: #"{"choices": [{"text": "ok"}]}"#) : .text("ok")
        }
        let client = client(server) { $0.concurrency = 1 }
        _ = await client.answers(to: [request("a"), request("b")])
        #expect(waits.list.count == 1)
        #expect(waits.list.allSatisfy { $0 > .seconds(30) && $0 <= .seconds(45) })
    }

    @Test("A server that hangs costs the time-out, several times, and then counts as not there")
    func hanging() async throws {
        let server = try await FakeEndpoint { _ in .hang }
        let client = client(server) {
            $0.timeout = .milliseconds(200)
            $0.retries.attempts = 2
        }
        let requests = [request("a")]
        // Off the cooperative threads, as a slot asks.
        let answers = await withCheckedContinuation { continuation in
            Thread.detachNewThread { continuation.resume(returning: client.waitForAnswers(to: requests)) }
        }
        let error = #expect(throws: EndpointError.self) { try answers[0].get() }
        #expect(error?.kind == .unavailable)
        #expect(
            error?.description
                == "the request to \(server.url)/chat/completions was not answered within 0.2 s; check that a server runs there (2 attempts)"
        )
        #expect(client.usage.retries == 1 && client.usage.failures == 1)
    }

    @Test("Other routes are called at the server's root, once, with the key")
    func otherRoutes() async throws {
        let folder = try TemporaryFolder()
        try Data("secret\n".utf8).write(to: URL(filePath: folder.path + "/key"))
        let server = try await FakeEndpoint { call in
            switch call.path {
            case "/get_model_info": .raw(status: 200, body: #"{"weight_version": "3"}"#)
            case "/busy": .raw(status: 503, body: "loading")
            default: .raw(status: 400, body: #"{"message": "no such file"}"#)
            }
        }
        let client = client(server) { $0.keyFile = folder.path + "/key" }
        let body = try await client.response(to: ServerCall(path: "/get_model_info"))
        #expect(String(decoding: body, as: UTF8.self) == #"{"weight_version": "3"}"#)
        let refused = await #expect(throws: EndpointError.self) {
            _ = try await client.response(to: ServerCall(method: "POST", path: "/load", body: ["model_path": "/x"]))
        }
        #expect(
            refused?.kind == .refused && refused?.description.hasSuffix("/load answered 400: 'no such file'") == true)
        let busy = await #expect(throws: EndpointError.self) {
            _ = try await client.response(to: ServerCall(path: "/busy"))
        }
        #expect(busy?.kind == .unavailable && waits.list.isEmpty)
        #expect(server.calls.map(\.method) == ["GET", "POST", "GET"])
        #expect(server.calls.allSatisfy { $0.authorization == "Bearer secret" })
        #expect(server.calls[1].body["model_path"] == "/x")
    }

    @Test("Requests nobody wants any more are given up")
    func cancelled() async throws {
        let server = try await FakeEndpoint { _ in .hang }
        let client = client(server) { $0.retries.attempts = 1 }
        let requests = [request("a"), request("b")]
        let answers = await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                continuation.resume(returning: client.waitForAnswers(to: requests, model: "other") { true })
            }
        }
        #expect(answers.count == 2 && answers.allSatisfy { (try? $0.get()) == nil })
        #expect(server.calls.allSatisfy { $0.body["model"]?.string == "other" })
    }

    @Test("Nonsense is asked for again and then told from absence")
    func garbage() async throws {
        let server = try await FakeEndpoint { _ in .raw(status: 200, body: "<html>") }
        let client = client(server) { $0.retries.attempts = 3 }
        let error = try #require(await failure(client))
        #expect(error.kind == .garbage && error.description.contains("is not JSON: '<html>' (3 attempts)"))
    }

    private func failure(_ client: EndpointClient) async -> EndpointError? {
        guard case .failure(let error)? = await client.answers(to: [request("a")]).first else { return nil }
        return error
    }

    @Test("What no repetition cures is not repeated, and the sentence says what to check")
    func refusals() async throws {
        for (status, kind, words) in [
            (401, EndpointError.Kind.unavailable, "API key"), (404, .unavailable, "url and model"),
            (400, .refused, "too long"), (302, .unavailable, "url and model"),
        ] {
            let server = try await FakeEndpoint { _ in
                .raw(
                    status: status, headers: ["Location": "http://127.0.0.1:9/"],
                    body: #"{"error": {"message": "too long"}}"#)
            }
            let error = try #require(await failure(client(server)))
            #expect(error.kind == kind && error.description.contains(words), "\(status): \(error)")
            #expect(error.description.contains("answered \(status): 'too long'"))
            #expect(server.calls.count == 1)
        }
    }

    @Test("Nobody listens")
    func nobody() async throws {
        let endpoint = Endpoint(url: "http://127.0.0.1:9/v1", model: "m", retries: RetrySchedule(attempts: 2))
        let error = try #require(await failure(EndpointClient(endpoint, time: waits.time)))
        #expect(
            error.kind == .unavailable
                && error.description.hasPrefix("the request to http://127.0.0.1:9/v1/chat/completions failed:"))
        let odd = try #require(await failure(EndpointClient(Endpoint(url: "ftp://x", model: "m"), time: waits.time)))
        #expect(odd.description.contains("is to no http or https address"))
    }

    @Test("The key comes from its file, is read anew each time, and stands in no sentence")
    func key() async throws {
        let folder = try TemporaryFolder()
        let file = folder.path + "/key"
        let server = try await FakeEndpoint { call in
            call.authorization == "Bearer secret-2" ? .text("ok") : .raw(status: 401, body: "no")
        }
        let client = client(server) { $0.keyFile = file }
        #expect(try #require(await failure(client)).description.contains("key cannot be read"))
        try Data("\n".utf8).write(to: URL(filePath: file))
        #expect(try #require(await failure(client)).description.contains("holds no key"))
        try Data("secret-1\n".utf8).write(to: URL(filePath: file))
        let refused = try #require(await failure(client))
        #expect(refused.description.contains("check the file that holds the API key"))
        #expect(!refused.description.contains("secret"))
        try Data("secret-2\n".utf8).write(to: URL(filePath: file))
        #expect(try await client.answers(to: [request("a")])[0].get().text == "ok")
    }

    @Test("An answer that came once is not asked for again, whoever asks")
    func cached() async throws {
        let folder = try TemporaryFolder()
        let cache = AnswerCache(directory: folder.path + "/answers")
        let server = try await FakeEndpoint { .text("answer \($0.number)") }
        let first = client(server, cache: cache)
        let answers = try await first.answers(to: [request("a"), request("b")]).map { try $0.get().text }
        let second = client(server, cache: cache)
        let again = try await second.answers(to: [request("a"), request("b")]).map { try $0.get().text }
        #expect(again == answers)
        #expect(server.calls.count == 2 && second.usage.cached == 2 && second.usage.answers == 0)
        // A damaged file is as good as none.
        for name in try FileManager.default.contentsOfDirectory(atPath: cache.directory) {
            try Data("{".utf8).write(to: URL(filePath: "\(cache.directory)/\(name)"))
        }
        _ = try await client(server, cache: cache).answers(to: [request("a")])[0].get()
        #expect(server.calls.count == 3)
        // Another model is another question.
        _ = await client(server, cache: cache) { $0.model = "other" }.answers(to: [request("a")])
        #expect(server.calls.count == 4)
    }

    @Test("No more requests at a time than the limit")
    func concurrency() async throws {
        let exchange = CountingExchange()
        let client = EndpointClient(Endpoint(url: "http://x/v1", model: "m", concurrency: 3), exchange: exchange)
        let answers = await client.answers(to: (0..<20).map { request("\($0)") })
        #expect(answers.allSatisfy { (try? $0.get()) != nil })
        #expect(exchange.most <= 3 && exchange.most > 1)
    }
}

/// Counts how many are asked at a time.
private final class CountingExchange: HTTPExchange {
    private let counts = Mutex((now: 0, most: 0))
    var most: Int { counts.withLock { $0.most } }

    func send(_ request: HTTPRequest) async throws(HTTPFailure) -> HTTPResponse {
        counts.withLock { counts in
            counts.now += 1
            counts.most = max(counts.most, counts.now)
        }
        for _ in 0..<20 { await Task.yield() }
        counts.withLock { $0.now -= 1 }
        return HTTPResponse(status: 200, body: Array(#"{"choices": [{"text": "ok"}]}"#.utf8))
    }
}
