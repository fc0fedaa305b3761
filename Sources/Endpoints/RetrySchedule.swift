/// When a request that failed is made again: after a uniform time between nothing and min(longest, first · 2ⁿ⁻¹) after the
/// n-th failure ("Exponential Backoff and Jitter", AWS Architecture Blog, 2015), and never before the server's own
/// `Retry-After`.
public struct RetrySchedule: Sendable, Equatable {
    /// Times a request is made before its failure stands, the first included.
    public var attempts: Int
    /// The most to wait after the first failure.
    public var first: Duration
    /// The most to wait after any failure.
    public var longest: Duration
    /// The longest wait a server may ask for; when it asks for more, the endpoint counts as unavailable.
    public var patience: Duration

    /// A schedule.
    public init(
        attempts: Int = 6, first: Duration = .milliseconds(500), longest: Duration = .seconds(30),
        patience: Duration = .seconds(300)
    ) {
        self.attempts = attempts
        self.first = first
        self.longest = longest
        self.patience = patience
    }

    /// How long to wait after the n-th failure, counted from 1; nil when it stands.
    ///
    /// - Parameters:
    ///   - asked: What the server asked for.
    ///   - jitter: From 0 to 1.
    public func wait(afterFailure number: Int, asked: Duration?, jitter: Double) -> Duration? {
        guard number < attempts, asked ?? .zero <= patience else { return nil }
        let most = min(longest, first * (1 << min(max(0, number - 1), 16)))
        let own = most * min(1, max(0, jitter))
        // Those who were asked to wait the same time do not come back at the same moment either.
        return asked.map { $0 + own * 0.25 } ?? own
    }

    /// Whether a response with that status may be different next time: too busy, timed out, or the server's own fault.
    public static func isPassing(_ status: Int) -> Bool {
        status == 408 || status == 409 || status == 429 || status >= 500
    }
}
