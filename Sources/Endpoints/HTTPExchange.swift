/// A request as it goes to a server.
public struct HTTPRequest: Sendable, Equatable {
    /// POST, GET, …
    public var method = "POST"
    /// Where to.
    public var url: String
    /// Names and values.
    public var headers: [(name: String, value: String)]
    /// JSON; empty for none.
    public var body: [UInt8]
    /// Longest time until the whole response is there.
    public var timeout: Duration

    /// Equal in everything that is sent.
    public static func == (a: HTTPRequest, b: HTTPRequest) -> Bool {
        a.method == b.method && a.url == b.url && a.body == b.body && a.timeout == b.timeout
            && a.headers.elementsEqual(b.headers) { $0.name == $1.name && $0.value == $1.value }
    }
}

/// A server's response, whatever its status.
public struct HTTPResponse: Sendable, Equatable {
    /// 200, 429, …
    public var status: Int
    /// Values by name, as sent.
    public var headers: [String: String]
    /// The whole body.
    public var body: [UInt8]

    /// A response.
    public init(status: Int, headers: [String: String] = [:], body: [UInt8]) {
        self.status = status
        self.headers = headers
        self.body = body
    }
}

/// No response came: nobody listens, the connection broke, the time was over.
public struct HTTPFailure: Error, Sendable, Equatable, CustomStringConvertible {
    /// The rest of a sentence that begins with the request.
    public let description: String
    /// Whether another try may go better; not so for an address that is none.
    public let isPassing: Bool

    /// A failure.
    public init(_ description: String, isPassing: Bool = true) {
        self.description = description
        self.isPassing = isPassing
    }
}

/// Sends one request and waits for its response.
public protocol HTTPExchange: Sendable {
    /// The response, whatever its status.
    func send(_ request: HTTPRequest) async throws(HTTPFailure) -> HTTPResponse
}
