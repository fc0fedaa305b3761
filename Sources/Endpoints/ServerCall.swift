public import JSONLines

/// A call to a route of the server that is not OpenAI's: to load weights, or to say what it holds.
public struct ServerCall: Sendable, Equatable {
    /// GET, POST, …
    public var method: String
    /// From the server's root, for example `/get_model_info`.
    public var path: String
    /// JSON; nil for none.
    public var body: JSON?
    /// Longest time it takes.
    public var timeout: Duration

    /// A call.
    public init(method: String = "GET", path: String, body: JSON? = nil, timeout: Duration = .seconds(30)) {
        self.method = method
        self.path = path
        self.body = body
        self.timeout = timeout
    }
}
