/// How often a child may be restarted: at most `limit` times within any `window`, as in Erlang/OTP's supervisors
/// ("maximum restart intensity"). A child that dies faster than that has a fault that restarting does not cure.
public struct RestartBudget: Sendable {
    /// Restarts allowed within one window.
    public let limit: Int
    /// Length of the sliding window.
    public let window: Duration
    private var recent: [ContinuousClock.Instant] = []

    /// A budget of `limit` restarts within any `window`.
    public init(limit: Int, window: Duration) {
        self.limit = limit
        self.window = window
    }

    /// Takes one restart at `now`, or returns `false` when the budget is spent.
    public mutating func take(at now: ContinuousClock.Instant) -> Bool {
        recent.removeAll { $0.duration(to: now) > window }
        guard recent.count < limit else { return false }
        recent.append(now)
        return true
    }
}
