import Synchronization

/// Gives the newest state of some topics to everybody who watches, as server-sent events.
///
/// A watcher that is slow misses what came between: what it reads next is always the newest. The number of watchers is
/// bounded, and one that takes nothing for long makes room for others.
public final class EventHub: Sendable {
    private struct Watcher {
        let topic: String
        let events: AsyncStream<[UInt8]>.Continuation
        /// Events that it did not take, since it last took one.
        var missed = 0
    }
    private struct State {
        var watchers: [Int: Watcher] = [:]
        var newest: [String: [UInt8]] = [:]
        var next = 0
    }

    private let limit: Int
    private let patience: Int
    private let state = Mutex(State())

    /// - Parameters:
    ///   - limit: watchers at the same time.
    ///   - patience: events in a row that a watcher may leave untaken.
    public init(limit: Int = 64, patience: Int = 30) {
        self.limit = limit
        self.patience = patience
    }

    /// Watchers now.
    public var count: Int { state.withLock { $0.watchers.count } }

    /// Topics that somebody watches.
    public var watched: Set<String> { state.withLock { Set($0.watchers.values.map(\.topic)) } }

    /// The newest event of a topic at once, and every one that follows; nil when there are as many watchers as may be.
    public func watch(_ topic: String) -> AsyncStream<[UInt8]>? {
        let (stream, continuation) = AsyncStream<[UInt8]>.makeStream(bufferingPolicy: .bufferingNewest(1))
        let number: Int? = state.withLock { state in
            guard state.watchers.count < limit else { return nil }
            state.next += 1
            state.watchers[state.next] = Watcher(topic: topic, events: continuation)
            // A browser that lost the connection comes back after five seconds.
            continuation.yield(Array("retry: 5000\n\n".utf8) + (state.newest[topic] ?? []))
            return state.next
        }
        guard let number else {
            continuation.finish()
            return nil
        }
        continuation.onTermination = { [weak self] _ in
            self?.state.withLock { _ = $0.watchers.removeValue(forKey: number) }
        }
        return stream
    }

    /// Tells a topic's watchers what is new, unless it is what they know.
    public func publish(_ text: String, on topic: String) {
        let event = Self.event(text)
        let isNew = state.withLock { state in
            defer { state.newest[topic] = event }
            return state.newest[topic] != event
        }
        if isNew { send { $0 == topic ? event : nil } }
    }

    /// Says everything again: keeps connections open, and finds those whose other end is gone.
    public func beat() {
        let newest = state.withLock { $0.newest }
        send { newest[$0] ?? Array(": beat\n\n".utf8) }
    }

    /// Ends every stream.
    public func close() {
        let watchers = state.withLock { state in
            defer { state.watchers = [:] }
            return state.watchers.values.map(\.events)
        }
        for events in watchers { events.finish() }
    }

    private func send(_ event: (_ topic: String) -> [UInt8]?) {
        let stalled = state.withLock { state in
            var stalled: [AsyncStream<[UInt8]>.Continuation] = []
            for (number, watcher) in state.watchers {
                guard let event = event(watcher.topic) else { continue }
                if case .dropped = watcher.events.yield(event) {
                    state.watchers[number]?.missed += 1
                } else {
                    state.watchers[number]?.missed = 0
                }
                if state.watchers[number]?.missed == patience {
                    state.watchers[number] = nil
                    stalled.append(watcher.events)
                }
            }
            return stalled
        }
        // Outside the lock: ending a stream calls back.
        for events in stalled { events.finish() }
    }

    /// The text as one event, whatever lines it has.
    private static func event(_ text: String) -> [UInt8] {
        var event: [UInt8] = []
        for line in text.utf8.split(omittingEmptySubsequences: false, whereSeparator: { $0 == 0x0A || $0 == 0x0D }) {
            event += Array("data: ".utf8) + Array(line) + [0x0A]
        }
        return event + [0x0A]
    }
}
