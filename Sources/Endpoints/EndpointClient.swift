import Dispatch
import Files
import Foundation
import JSONLines
import Synchronization

/// Asks an OpenAI-compatible server, patiently: so many requests at a time, again after failures that pass, not while it
/// says that a limit is used up, and never twice for the same request.
///
/// The parts that decide are values (`RetrySchedule`, `RateLimit`, `Completion`, `CompletionRequest`); this is the thin
/// shell around them. One client serves all slots of a process, which share its limit and its patience.
public final class EndpointClient: Sendable {
    /// Where the server is.
    public let endpoint: Endpoint
    private let exchange: any HTTPExchange
    private let cache: AnswerCache?
    private let time: Timekeeper
    private let gate: Gate
    private let usageSoFar = Mutex(EndpointUsage())
    private let random: @Sendable () -> Double

    /// What waits and what tells the time, for tests that do neither.
    public struct Timekeeper: Sendable {
        /// Waits; returns early when the task is cancelled.
        public var sleep: @Sendable (Duration) async -> Void
        /// Seconds since 1970.
        public var wallClock: @Sendable () -> Double

        /// The real time.
        public static let real = Timekeeper(
            sleep: { try? await Task.sleep(for: $0) }, wallClock: { Date().timeIntervalSince1970 })

        /// Another time.
        public init(sleep: @escaping @Sendable (Duration) async -> Void, wallClock: @escaping @Sendable () -> Double) {
            self.sleep = sleep
            self.wallClock = wallClock
        }
    }

    /// - Parameters:
    ///   - cache: Where answers are kept; nil keeps none.
    ///   - random: Jitter from 0 to 1; nothing that is learned comes from it.
    public init(
        _ endpoint: Endpoint, exchange: any HTTPExchange = URLSessionExchange(), cache: AnswerCache? = nil,
        time: Timekeeper = .real, random: @escaping @Sendable () -> Double = { Double.random(in: 0...1) }
    ) {
        self.endpoint = endpoint
        self.exchange = exchange
        self.cache = cache
        self.time = time
        self.random = random
        gate = Gate(count: max(1, endpoint.concurrency))
    }

    /// What it took so far.
    public var usage: EndpointUsage { usageSoFar.withLock { $0 } }

    /// The answers to several requests, in their order, asked at the same time as far as the limit allows.
    ///
    /// - Parameter model: The model by another name than the endpoint's own.
    public func answers(
        to requests: [CompletionRequest], model: String? = nil
    ) async -> [Result<Completion, EndpointError>] {
        let model = model ?? endpoint.model
        return await withTaskGroup(of: (Int, Result<Completion, EndpointError>).self) { group in
            for (index, request) in requests.enumerated() {
                group.addTask { (index, await self.answer(to: request, model)) }
            }
            var answers = [Result<Completion, EndpointError>?](repeating: nil, count: requests.count)
            for await (index, answer) in group { answers[index] = answer }
            return answers.map { $0 ?? .failure(EndpointError(.unavailable, "the request was given up")) }
        }
    }

    /// The same for a thread that may block, such as a slot's; never call it from a task.
    ///
    /// - Parameter isCancelled: Looked at from time to time; requests under way are then given up.
    public func waitForAnswers(
        to requests: [CompletionRequest], model: String? = nil, isCancelled: () -> Bool = { false }
    ) -> [Result<Completion, EndpointError>] {
        Self.wait(isCancelled) { [self] in await answers(to: requests, model: model) }
    }

    /// Runs asynchronous work for a thread that blocks.
    static func wait<Value: Sendable>(
        _ isCancelled: () -> Bool, _ work: @escaping @Sendable () async -> Value
    ) -> Value {
        let box = Box<Value>()
        let done = DispatchSemaphore(value: 0)
        let task = Task.detached {
            let value = await work()
            box.value.withLock { $0 = value }
            done.signal()
        }
        while true {
            if done.wait(timeout: .now() + .milliseconds(100)) == .success, let value = box.value.withLock({ $0 }) {
                return value
            }
            if isCancelled() { task.cancel() }
        }
    }

    private final class Box<Value: Sendable>: Sendable {
        let value = Mutex<Value?>(nil)
    }

    private func answer(
        to request: CompletionRequest, _ model: String
    ) async -> Result<Completion, EndpointError> {
        if let kept = cache?.answer(to: request, model: model) {
            usageSoFar.withLock { $0.cached += 1 }
            return .success(kept)
        }
        let answer = await gate.pass { await self.ask(request, model) }
        if case .failure = answer { usageSoFar.withLock { $0.failures += 1 } }
        return answer
    }

    // MARK: - One request

    private func ask(_ request: CompletionRequest, _ model: String) async -> Result<Completion, EndpointError> {
        var failures = 0
        while true {
            await gate.waitForPause(time)
            let began = ContinuousClock.now
            let outcome = await attempt(request, model)
            switch outcome {
            case .answered(let completion, let body):
                let latency = began.duration(to: .now)
                cache?.keep(body, as: request, model: model)
                usageSoFar.withLock { $0.add(completion, price: endpoint.price, latency: latency) }
                return .success(completion)
            case .final(let error):
                return .failure(error)
            case .passing(let error, let asked):
                failures += 1
                guard let wait = endpoint.retries.wait(afterFailure: failures, asked: asked, jitter: random()),
                    !Task.isCancelled
                else { return .failure(Self.standing(error, failures, asked)) }
                usageSoFar.withLock {
                    $0.retries += 1
                    if asked != nil { $0.limited += 1 }
                }
                await time.sleep(wait)
            }
        }
    }

    private enum Attempt {
        case answered(Completion, body: [UInt8])
        case passing(EndpointError, asked: Duration?)
        case final(EndpointError)
    }

    private func attempt(_ request: CompletionRequest, _ model: String) async -> Attempt {
        let post: HTTPRequest
        do throws(EndpointError) {
            post = try self.post(request, model)
        } catch {
            return .final(error)
        }
        let response: HTTPResponse
        do throws(HTTPFailure) {
            response = try await exchange.send(post)
        } catch {
            let sentence = EndpointError(
                .unavailable, "the request to \(post.url) \(error); check that a server runs there")
            return error.isPassing ? .passing(sentence, asked: nil) : .final(sentence)
        }
        let limit = RateLimit(headers: response.headers, now: time.wallClock())
        if let pause = limit.pause, pause <= endpoint.retries.patience { await gate.pause(pause) }
        guard (200...299).contains(response.status) else { return Self.refusal(response, post.url, limit) }
        do throws(EndpointError) {
            return .answered(try Completion(response: response.body), body: response.body)
        } catch {
            return .passing(error, asked: nil)
        }
    }

    private func post(_ request: CompletionRequest, _ model: String) throws(EndpointError) -> HTTPRequest {
        HTTPRequest(
            url: "\(base)/\(request.path)", headers: try headers,
            body: Array(request.body(model: model).serialized().utf8), timeout: endpoint.timeout)
    }

    private var base: String { endpoint.url.hasSuffix("/") ? String(endpoint.url.dropLast()) : endpoint.url }

    private var headers: [(name: String, value: String)] {
        get throws(EndpointError) {
            let headers = [
                (name: "Content-Type", value: "application/json"), (name: "Accept", value: "application/json"),
            ]
            guard let file = endpoint.keyFile else { return headers }
            return headers + [("Authorization", "Bearer \(try Self.key(in: file))")]
        }
    }

    /// The first line of a small file, which only its reader ever sees.
    private static func key(in file: String) throws(EndpointError) -> String {
        let bytes: [UInt8]
        do throws(FileError) {
            bytes = try FileReader.contents(of: file, limit: 16_384)
        } catch {
            throw EndpointError(.unavailable, "the endpoint's key cannot be read: \(error)")
        }
        let line = String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline).first ?? ""
        let key = line.filter { !$0.isWhitespace }
        guard !key.isEmpty, key.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw EndpointError(.unavailable, "\(file) holds no key: write the API key into its first line")
        }
        return key
    }

    /// What a server says of a request that it does not do, as a sentence.
    private static func said(_ response: HTTPResponse, _ url: String) -> String {
        let said = (try? JSON.parse(response.body)).flatMap { body in
            body["error"]?["message"]?.string ?? body["error"]?.string ?? body["message"]?.string
                ?? body["detail"]?.string
        }
        let words = said.map { "\(Completion.excerpt(Array($0.utf8)))" } ?? Completion.excerpt(response.body)
        return "\(url) answered \(response.status): \(words)"
    }

    private static func refusal(_ response: HTTPResponse, _ url: String, _ limit: RateLimit) -> Attempt {
        let status = response.status
        let sentence = said(response, url)
        if RetrySchedule.isPassing(status) {
            return .passing(EndpointError(.unavailable, sentence), asked: limit.retryAfter)
        }
        switch status {
        case 401, 403:
            return .final(EndpointError(.unavailable, "\(sentence); check the file that holds the API key"))
        case 400, 413, 422: return .final(EndpointError(.refused, sentence))
        default: return .final(EndpointError(.unavailable, "\(sentence); check the endpoint's url and model"))
        }
    }

    private static func standing(_ error: EndpointError, _ failures: Int, _ asked: Duration?) -> EndpointError {
        let times = failures == 1 ? "" : " (\(failures) attempts)"
        let wait = asked.map { "; it asks to wait \($0 / .seconds(1)) s" } ?? ""
        return EndpointError(error.kind, error.description + wait + times)
    }
}

// MARK: - Other routes

extension EndpointClient {
    /// Calls once, with the key, beside the limit of requests: who changes a server's weights has no requests under way.
    ///
    /// - Returns: the body of a successful response.
    /// - Throws: `EndpointError` of kind `unavailable` when none came, `refused` for any other status.
    public func response(to call: ServerCall) async throws(EndpointError) -> [UInt8] {
        let request = HTTPRequest(
            method: call.method, url: root + call.path, headers: try headers,
            body: call.body.map { Array($0.serialized().utf8) } ?? [], timeout: call.timeout)
        let response: HTTPResponse
        do throws(HTTPFailure) {
            response = try await exchange.send(request)
        } catch {
            throw EndpointError(.unavailable, "the request to \(request.url) \(error); check that a server runs there")
        }
        guard (200...299).contains(response.status) else {
            throw EndpointError(
                RetrySchedule.isPassing(response.status) ? .unavailable : .refused, Self.said(response, request.url))
        }
        return response.body
    }

    /// The same for a thread that may block; never call it from a task.
    public func waitForResponse(
        to call: ServerCall, isCancelled: () -> Bool = { false }
    ) throws(EndpointError) -> [UInt8] {
        try Self.wait(isCancelled) { [self] () -> Result<[UInt8], EndpointError> in
            do throws(EndpointError) { return .success(try await response(to: call)) } catch { return .failure(error) }
        }.get()
    }

    /// The URL without its path.
    private var root: String {
        guard let scheme = endpoint.url.range(of: "://") else { return base }
        let rest = endpoint.url[scheme.upperBound...]
        return String(endpoint.url[..<scheme.upperBound] + (rest.firstIndex(of: "/").map { rest[..<$0] } ?? rest))
    }
}
