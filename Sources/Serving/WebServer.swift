import FlyingSocks
import Foundation
import Synchronization

/// A small server for people who look at a run: answers GET, refuses everything else, and changes nothing.
///
/// On FlyingFox's sockets. Its own HTTP reader takes heads of any length, in a time that grows with their square; here a
/// stranger at the port costs a bounded amount of memory and time, and cannot keep the process from ending.
public final class WebServer: Sendable {
    /// Answers one request.
    public typealias Answer = @Sendable (WebRequest) async -> WebReply

    private static let connectionLimit = 256

    /// Where it listens, with the port that was taken.
    public let address: WebAddress
    private let serving: Task<Void, any Error>

    /// Begins to listen.
    ///
    /// - Throws: `WebServerError` when the address cannot be listened at.
    public convenience init(at address: WebAddress, hosts: HostRule = HostRule(), answer: @escaping Answer)
        async throws(WebServerError)
    {
        try await self.init(
            at: address, hosts: hosts, patience: WebConnection.Patience(), limit: Self.connectionLimit, answer: answer)
    }

    /// - Parameter limit: connections at the same time; one more is closed at once.
    init(
        at address: WebAddress, hosts: HostRule, patience: WebConnection.Patience, limit: Int, answer: @escaping Answer
    ) async throws(WebServerError) {
        do {
            let listener = try Self.listener(at: address)
            let pool = SocketPool.ePoll()
            do {
                self.address = WebAddress(host: address.host, port: try Self.port(of: listener) ?? address.port)
                try await pool.prepare()
            } catch {
                try? listener.close()
                throw error
            }
            serving = Task {
                defer { try? listener.close() }
                let socket = try AsyncSocket(socket: listener, pool: pool)
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { try await pool.run() }
                    group.addTask {
                        try await Self.serve(socket, Room(limit: limit)) {
                            await WebConnection(socket: $0, hosts: hosts, answer: answer, patience: patience).serve()
                        }
                    }
                    defer { group.cancelAll() }
                    try await group.next()
                }
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

    // MARK: - Listening

    private static func listener(at address: WebAddress) throws -> Socket {
        if address.isIPv6 { return try listener(sockaddr_in6.inet6(ip6: address.host, port: address.port)) }
        return try listener(sockaddr_in.inet(ip4: address.host, port: address.port))
    }

    private static func listener(_ address: some SocketAddress) throws -> Socket {
        let socket = try Socket(domain: Int32(type(of: address).family))
        do {
            try socket.setValue(true, for: .localAddressReuse)
            try socket.bind(to: address)
            try socket.listen()
        } catch {
            try? socket.close()
            throw error
        }
        return socket
    }

    private static func port(of socket: Socket) throws -> UInt16? {
        switch try socket.sockname() {
        case .ip4(_, let port), .ip6(_, let port): port
        case .unix: nil
        }
    }

    // MARK: - Serving

    private static func serve(
        _ listener: AsyncSocket, _ room: Room, _ connection: @escaping @Sendable (AsyncSocket) async -> Void
    ) async throws {
        try await withThrowingDiscardingTaskGroup { group in
            while !Task.isCancelled {
                guard let socket = try await next(of: listener) else { continue }
                guard room.enter() else {
                    try? socket.close()
                    continue
                }
                group.addTask {
                    await connection(socket)
                    room.leave()
                }
            }
        }
    }

    /// How many connections are open.
    private final class Room: Sendable {
        private let taken = Mutex(0)
        private let limit: Int

        init(limit: Int) { self.limit = limit }

        func enter() -> Bool {
            taken.withLock { taken in
                guard taken < limit else { return false }
                taken += 1
                return true
            }
        }

        func leave() { taken.withLock { $0 -= 1 } }
    }

    /// The next connection; nil when there was none after all: its peer was gone again, or this process has too many files
    /// open.
    private static func next(of listener: AsyncSocket) async throws -> AsyncSocket? {
        do {
            return try await listener.accept()
        } catch SocketError.failed {
            try await Task.sleep(for: .milliseconds(100))
            return nil
        }
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
