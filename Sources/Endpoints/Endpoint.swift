/// Where an OpenAI-compatible server is, and how to treat it.
///
/// The interface is the part of the OpenAI API that vLLM, SGLang, llama.cpp and most gateways share: `POST
/// /chat/completions` and `POST /completions` under a base URL, `Authorization: Bearer KEY`, errors as `{"error": {…}}`.
/// The key itself is never part of this value: it is read from `keyFile` for every request, so that it can be replaced while
/// a run goes on and never stands in a configuration, a log or a process's arguments.
public struct Endpoint: Sendable, Equatable {
    /// The base URL, for example `http://127.0.0.1:8000/v1`.
    public var url: String
    /// The model's name, as the server knows it.
    public var model: String
    /// A file that holds the API key and nothing else; nil sends none.
    public var keyFile: String?
    /// Longest time one request takes.
    public var timeout: Duration
    /// Requests at the same time, over everything this process asks of the endpoint.
    public var concurrency: Int
    /// When a failed request is made again.
    public var retries: RetrySchedule
    /// What tokens cost; nil when that is not known.
    public var price: TokenPrice?

    /// An endpoint with everything else at its default.
    public init(
        url: String, model: String, keyFile: String? = nil, timeout: Duration = .seconds(60), concurrency: Int = 4,
        retries: RetrySchedule = RetrySchedule(), price: TokenPrice? = nil
    ) {
        self.url = url
        self.model = model
        self.keyFile = keyFile
        self.timeout = timeout
        self.concurrency = concurrency
        self.retries = retries
        self.price = price
    }
}

/// What a million tokens cost, in whatever currency the bill has.
public struct TokenPrice: Sendable, Equatable {
    /// A million tokens read.
    public var input: Double
    /// A million tokens written.
    public var output: Double

    /// A price.
    public init(input: Double, output: Double) {
        self.input = input
        self.output = output
    }
}

/// Why an endpoint gave no answer, in one sentence.
public struct EndpointError: Error, Sendable, Equatable, CustomStringConvertible {
    /// Whose fault it is.
    public enum Kind: Sendable, Equatable {
        /// The server cannot be used: not there, too busy for too long, wrong key, wrong model. Another time it may be.
        case unavailable
        /// The server answered, but not with what was asked for.
        case garbage
        /// The server refuses this very request, for example because it is too long.
        case refused
    }
    /// Whose fault it is.
    public let kind: Kind
    /// The sentence.
    public let description: String

    /// A reason in one sentence.
    public init(_ kind: Kind, _ description: String) {
        self.kind = kind
        self.description = description
    }
}
