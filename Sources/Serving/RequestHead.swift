import Foundation

/// The first line of a request, and those of its fields that matter to a server that only shows things (RFC 9112).
public struct RequestHead: Sendable, Equatable {
    /// Why a head is refused: what to answer.
    public struct Malformed: Error, Sendable, Equatable {
        /// The status of HTTP.
        public let status: Int
        /// One sentence.
        public let sentence: String
    }

    /// As it came, such as `GET`.
    public var method: String
    /// Its path and query.
    public var request: WebRequest
    /// The field `Host`.
    public var host: String?
    /// Whether a body follows.
    public var hasBody: Bool

    /// Bytes of a head at most.
    public static let limit = 8192

    /// Reads a head, with or without the empty line at its end.
    public init(_ bytes: [UInt8]) throws(Malformed) {
        guard bytes.count <= Self.limit else {
            throw Malformed(status: 431, sentence: "A request's head has \(Self.limit) bytes at most.")
        }
        var lines = bytes.split(separator: UInt8(ascii: "\n")).map { line in
            line.last == UInt8(ascii: "\r") ? line.dropLast() : line
        }
        lines.removeAll(where: \.isEmpty)
        guard let first = lines.first else { throw Self.bad("There is no request.") }
        let parts = first.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
            .map { String(decoding: $0, as: UTF8.self) }
        guard parts.count == 3, Self.isToken(parts[0]) else {
            throw Self.bad("A request begins with a method, a target and HTTP/1.1.")
        }
        guard parts[2].hasPrefix("HTTP/1.") else {
            throw Malformed(status: 505, sentence: "This server speaks HTTP/1.1.")
        }
        method = parts[0]
        request = try Self.request(parts[1])
        hasBody = false
        for line in lines.dropFirst() {
            guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { throw Self.bad("A field has no colon.") }
            let name = String(decoding: line[..<colon], as: UTF8.self)
            let value = String(decoding: line[line.index(after: colon)...], as: UTF8.self)
                .trimmingCharacters(in: .whitespaces)
            // A space before the colon has hidden fields from one of two readers before (section 5.1).
            guard Self.isToken(name) else { throw Self.bad("A field's name is not one.") }
            switch name.lowercased() {
            case "host":
                guard host == nil else { throw Self.bad("There are two fields named Host.") }
                host = value
            case "content-length": hasBody = hasBody || value != "0"
            case "transfer-encoding": hasBody = true
            default: break
            }
        }
    }

    /// Reads a target: a path and a query, with or without a server before it.
    private static func request(_ target: String) throws(Malformed) -> WebRequest {
        guard target.hasPrefix("/") || target.lowercased().hasPrefix("http://"),
            // Two slashes would begin a server's name (RFC 3986, section 4.2).
            !target.hasPrefix("//"), let parts = URLComponents(string: target),
            let path = parts.percentEncodedPath.removingPercentEncoding
        else { throw bad("The target is no path.") }
        var items: [WebRequest.Item] = []
        for item in parts.percentEncodedQueryItems ?? [] {
            guard let name = decoded(item.name), let value = decoded(item.value ?? "") else {
                throw bad("The query is not UTF-8.")
            }
            items.append(WebRequest.Item(name, value))
        }
        return WebRequest(path.isEmpty ? "/" : path, items)
    }

    /// As forms encode what is entered (URL Standard, section 5.1): a plus is a space.
    private static func decoded(_ text: String) -> String? {
        text.replacing("+", with: " ").removingPercentEncoding
    }

    /// Whether it is a token (RFC 9110, section 5.6.2).
    private static func isToken(_ text: String) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy { byte in
                let isSign = "!#$%&'*+-.^_`|~".utf8.contains(byte)
                return isSign || (byte < 0x80 && Unicode.Scalar(byte).properties.isAlphabetic)
                    || (0x30...0x39).contains(byte)
            }
    }

    private static func bad(_ sentence: String) -> Malformed { Malformed(status: 400, sentence: sentence) }
}
