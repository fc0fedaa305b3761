import Foundation
import Synchronization

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

/// HTTP by Foundation's URLSession (libcurl on Linux): it is there already, speaks TLS with the system's certificates and
/// keeps connections open.
///
/// Nothing is cached, no cookies are kept, and redirects are not followed: they would carry the key to another address.
public final class URLSessionExchange: HTTPExchange {
    private let session: URLSession
    private let collector = Collector()

    /// An exchange with connections of its own.
    public init() {
        let configuration = URLSessionConfiguration.ephemeral
        configuration.requestCachePolicy = .reloadIgnoringLocalCacheData
        configuration.urlCache = nil
        configuration.httpShouldSetCookies = false
        // The client limits requests itself.
        configuration.httpMaximumConnectionsPerHost = 256
        session = URLSession(configuration: configuration, delegate: collector, delegateQueue: nil)
    }

    deinit { session.invalidateAndCancel() }

    /// Sends the request with its body, where it has one.
    public func send(_ request: HTTPRequest) async throws(HTTPFailure) -> HTTPResponse {
        guard let url = URL(string: request.url), let scheme = url.scheme?.lowercased(),
            ["http", "https"].contains(scheme)
        else {
            throw HTTPFailure("is to no http or https address", isPassing: false)
        }
        var sent = URLRequest(url: url)
        sent.httpMethod = request.method
        if !request.body.isEmpty { sent.httpBody = Data(request.body) }
        // URLSession's own limit begins anew with every byte; the one below does not, and comes first.
        sent.timeoutInterval = request.timeout / .seconds(1) + 10
        for (name, value) in request.headers { sent.setValue(value, forHTTPHeaderField: name) }
        return try await response(to: sent, within: request.timeout).get()
    }

    private func response(to request: URLRequest, within timeout: Duration) async -> Result<HTTPResponse, HTTPFailure> {
        let task = session.dataTask(with: request)
        let number = task.taskIdentifier
        let collector = collector
        let deadline = Task {
            try await Task.sleep(for: timeout)
            collector.giveUp(number, HTTPFailure("was not answered within \(timeout / .seconds(1)) s"))
            task.cancel()
        }
        defer { deadline.cancel() }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                collector.expect(number, continuation)
                task.resume()
                // Cancelled before there was anything to cancel.
                if Task.isCancelled { task.cancel() }
            }
        } onCancel: {
            task.cancel()
        }
    }
}

/// Puts responses together and hands each to whoever waits for it.
private final class Collector: NSObject, URLSessionDataDelegate {
    typealias Waiter = CheckedContinuation<Result<HTTPResponse, HTTPFailure>, Never>

    private struct Pending {
        let waiter: Waiter
        var body: [UInt8] = []
    }

    /// A response that is longer is none.
    private static let limit = 64 << 20

    private let pending = Mutex<[Int: Pending]>([:])

    func expect(_ number: Int, _ waiter: Waiter) {
        pending.withLock { $0[number] = Pending(waiter: waiter) }
    }

    func giveUp(_ number: Int, _ failure: HTTPFailure) {
        pending.withLock { $0.removeValue(forKey: number) }?.waiter.resume(returning: .failure(failure))
    }

    func urlSession(_ session: URLSession, dataTask: URLSessionDataTask, didReceive data: Data) {
        let number = dataTask.taskIdentifier
        let isTooLong = pending.withLock { pending in
            pending[number]?.body += data
            return (pending[number]?.body.count ?? 0) > Self.limit
        }
        guard isTooLong else { return }
        giveUp(number, HTTPFailure("was answered with more than \(Self.limit >> 20) MiB"))
        dataTask.cancel()
    }

    func urlSession(_ session: URLSession, task: URLSessionTask, didCompleteWithError error: (any Error)?) {
        guard let entry = pending.withLock({ $0.removeValue(forKey: task.taskIdentifier) }) else { return }
        if let error {
            entry.waiter.resume(returning: .failure(HTTPFailure("failed: \(error.localizedDescription)")))
            return
        }
        guard let response = task.response as? HTTPURLResponse else {
            entry.waiter.resume(returning: .failure(HTTPFailure("was not answered in HTTP")))
            return
        }
        var headers: [String: String] = [:]
        for (name, value) in response.allHeaderFields { headers["\(name)"] = "\(value)" }
        entry.waiter.resume(
            returning: .success(HTTPResponse(status: response.statusCode, headers: headers, body: entry.body)))
    }

    func urlSession(
        _ session: URLSession, task: URLSessionTask, willPerformHTTPRedirection response: HTTPURLResponse,
        newRequest request: URLRequest, completionHandler: @escaping (URLRequest?) -> Void
    ) {
        completionHandler(nil)
    }
}
