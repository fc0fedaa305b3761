/// What asking an endpoint took: counted, shown, and never part of what is learned.
public struct EndpointUsage: Sendable, Equatable {
    /// Answers that came from the server.
    public var answers = 0
    /// Answers that had come before and were kept.
    public var cached = 0
    /// Requests made again after a failure that passes.
    public var retries = 0
    /// Of these, those the server asked to wait for.
    public var limited = 0
    /// Requests without an answer in the end.
    public var failures = 0
    /// Tokens read, as the server counts them.
    public var inputTokens = 0
    /// Tokens written.
    public var outputTokens = 0
    /// What they cost, where prices are known.
    public var cost = 0.0
    /// Time between request and answer, over the answers that came from the server.
    public var latency = Duration.zero

    /// All zero.
    public init() {}

    /// The sum.
    public static func + (a: EndpointUsage, b: EndpointUsage) -> EndpointUsage {
        var sum = a
        sum.answers += b.answers
        sum.cached += b.cached
        sum.retries += b.retries
        sum.limited += b.limited
        sum.failures += b.failures
        sum.inputTokens += b.inputTokens
        sum.outputTokens += b.outputTokens
        sum.cost += b.cost
        sum.latency += b.latency
        return sum
    }

    mutating func add(_ completion: Completion, price: TokenPrice?, latency: Duration) {
        answers += 1
        inputTokens += completion.inputTokens
        outputTokens += completion.outputTokens
        self.latency += latency
        guard let price else { return }
        cost +=
            (Double(completion.inputTokens) * price.input + Double(completion.outputTokens) * price.output) / 1_000_000
    }
}

extension EndpointUsage: CustomStringConvertible {
    /// `12 answers, 3 kept from before, 1 retry, 3400 + 60 tokens, cost 0.0012, 0.41 s each`.
    public var description: String {
        var parts = ["\(answers) answers"]
        if cached > 0 { parts.append("\(cached) kept from before") }
        if retries > 0 { parts.append("\(retries) retries") }
        if limited > 0 { parts.append("\(limited) after rate limits") }
        if failures > 0 { parts.append("\(failures) failures") }
        parts.append("\(inputTokens) + \(outputTokens) tokens")
        if cost > 0 { parts.append("cost \(Self.rounded(cost, 10_000))") }
        if answers > 0 { parts.append("\(Self.rounded(latency / .seconds(answers), 100)) s each") }
        return parts.joined(separator: ", ")
    }

    private static func rounded(_ value: Double, _ scale: Double) -> Double { (value * scale).rounded() / scale }
}
