import ZeroMQ

/// Tries whether a coordinator would let a node connect: the handshake alone, without a word of its run.
public enum Handshake {
    /// What came of it.
    public enum Outcome: Sendable, Equatable {
        /// The connection stands.
        case done(Duration)
        /// It was refused, or kept coming to nothing.
        case refused(ConnectionRefusal)
        /// Nobody answered.
        case unanswered
    }

    /// Connects, waits for the handshake's end, and leaves.
    ///
    /// - Throws: `TransportError` for an endpoint that cannot be one or is unprotected, `ZeroMQError` when out of threads.
    public static func attempt(
        endpoint: String, security: DealerSecurity, within limit: Duration
    ) async throws -> Outcome {
        let transport = try DealerTransport(loop: PollLoop(name: "handshake"), endpoint: endpoint, security: security)
        let began = ContinuousClock.now
        await transport.start { _ in }
        var outcome = Outcome.unanswered
        while began.duration(to: .now) < limit {
            if await transport.isConnected {
                outcome = .done(began.duration(to: .now))
                break
            }
            let refusals = await transport.counters.refusedConnections
            if let reason = ConnectionRefusal.allCases.first(where: { refusals[$0] != nil }) {
                outcome = .refused(reason)
                // Others may come right: a coordinator that is just starting, for example.
                if reason.atNode.isFinal { break }
            }
            try await Task.sleep(for: .milliseconds(10))
        }
        await transport.close(linger: .zero)
        return outcome
    }
}
