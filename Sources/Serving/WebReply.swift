/// An answer of a server.
public struct WebReply: Sendable {
    /// What it holds.
    public enum Body: Sendable {
        /// A document, whole.
        case text(String)
        /// Events, as they come.
        case events(AsyncStream<[UInt8]>)
    }

    /// The status of HTTP.
    public var status: Int
    /// The media type.
    public var type: String
    /// The content.
    public var body: Body
    /// Besides those that every answer has.
    public var headers: [String: String] = [:]

    /// A document.
    public init(status: Int = 200, type: String, _ text: String) {
        self.status = status
        self.type = type
        body = .text(text)
    }

    /// Server-sent events (HTML Living Standard, section 9.2).
    public init(events: AsyncStream<[UInt8]>) {
        status = 200
        type = "text/event-stream"
        body = .events(events)
    }

    /// A sentence in plain text.
    public static func sentence(_ status: Int, _ text: String) -> WebReply {
        WebReply(status: status, type: "text/plain; charset=utf-8", text + "\n")
    }

    /// What every answer says: nothing is loaded from elsewhere, nothing runs that does not come from a file of this server,
    /// no other site may show or read it, and nobody keeps it.
    static let protection: [(String, String)] = [
        (
            "Content-Security-Policy",
            "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; "
                + "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
        ),
        ("X-Content-Type-Options", "nosniff"), ("Referrer-Policy", "no-referrer"),
        ("Cross-Origin-Resource-Policy", "same-origin"),
        ("Cache-Control", "no-store"),
    ]

    static func phrase(_ status: Int) -> String {
        switch status {
        case 200: "OK"
        case 303: "See Other"
        case 400: "Bad Request"
        case 404: "Not Found"
        case 405: "Method Not Allowed"
        case 421: "Misdirected Request"
        case 431: "Request Header Fields Too Large"
        case 503: "Service Unavailable"
        case 505: "HTTP Version Not Supported"
        default: "Internal Server Error"
        }
    }
}
