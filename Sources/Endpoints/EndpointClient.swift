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
    public func answers(to requests: [CompletionRequest]) async -> [Result<Completion, EndpointError>] {
        await withTaskGroup(of: (Int, Result<Completion, EndpointError>).self) { group in
            for (index, request) in requests.enumerated() {
                group.addTask { (index, await self.answer(to: request)) }
            }
            var answers = [Result<Completion, EndpointError>?](repeating: nil, count: requests.count)
            for await (index, answer) in group { answers[index] = answer }
            return answers.map { $0 ?? .failure(EndpointError(.unavailable, "the request was given up")) }
        }
    }

    /// The same for a thread that may block, such as a slot's; never call it from a task.
    public func waitForAnswers(to requests: [CompletionRequest]) -> [Result<Completion, EndpointError>] {
        let box = Box()
        let done = DispatchSemaphore(value: 0)
        Task.detached { [self] in
            let answers = await answers(to: requests)
            box.answers.withLock { $0 = answers }
            done.signal()
        }
        done.wait()
        return box.answers.withLock { $0 }
    }

    private final class Box: Sendable {
        let answers = Mutex<[Result<Completion, EndpointError>]>([])
    }

    private func answer(to request: CompletionRequest) async -> Result<Completion, EndpointError> {
        if let kept = cache?.answer(to: request, model: endpoint.model) {
            usageSoFar.withLock { $0.cached += 1 }
            return .success(kept)
        }
        let answer = await gate.pass { await self.ask(request) }
        if case .failure = answer { usageSoFar.withLock { $0.failures += 1 } }
        return answer
    }

    // MARK: - One request

    private func ask(_ request: CompletionRequest) async -> Result<Completion, EndpointError> {
        var failures = 0
        while true {
            await gate.waitForPause(time)
            let began = ContinuousClock.now
            let outcome = await attempt(request)
            switch outcome {
            case .answered(let completion, let body):
                let latency = began.duration(to: .now)
                cache?.keep(body, as: request, model: endpoint.model)
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

    private func attempt(_ request: CompletionRequest) async -> Attempt {
        let post: HTTPRequest
        do throws(EndpointError) {
            post = try self.post(request)
        } catch {
            return .final(error)
        }
        let response: HTTPResponse
        do throws(HTTPFailure) {
            response = try await exchange.post(post)
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

    private func post(_ request: CompletionRequest) throws(EndpointError) -> HTTPRequest {
        var headers = [(name: "Content-Type", value: "application/json"), (name: "Accept", value: "application/json")]
        if let file = endpoint.keyFile { headers.append(("Authorization", "Bearer \(try Self.key(in: file))")) }
        let base = endpoint.url.hasSuffix("/") ? String(endpoint.url.dropLast()) : endpoint.url
        return HTTPRequest(
            url: "\(base)/\(request.path)", headers: headers,
            body: Array(request.body(model: endpoint.model).serialized().utf8), timeout: endpoint.timeout)
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

    private static func refusal(_ response: HTTPResponse, _ url: String, _ limit: RateLimit) -> Attempt {
        let status = response.status
        let said = (try? JSON.parse(response.body)).flatMap { body in
            body["error"]?["message"]?.string ?? body["error"]?.string ?? body["message"]?.string
                ?? body["detail"]?.string
        }
        let words = said.map { "\(Completion.excerpt(Array($0.utf8)))" } ?? Completion.excerpt(response.body)
        let sentence = "\(url) answered \(status): \(words)"
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
