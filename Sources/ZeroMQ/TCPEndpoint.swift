/// Where a socket is bound or connects to over TCP, `tcp://HOST:PORT` (zmq_tcp(7)).
public struct TCPEndpoint: Sendable, Equatable {
    /// A name, an address (of version 6 in brackets), an interface, or `*` for every interface.
    public let host: String
    /// Nil for `*`: a free one.
    public let port: UInt16?

    /// Reads an endpoint; nil for anything else.
    public init?(_ text: String) {
        guard text.hasPrefix("tcp://") else { return nil }
        let address = text.dropFirst(6)
        guard let colon = address.lastIndex(of: ":") else { return nil }
        let host = address[..<colon]
        let port = address[address.index(after: colon)...]
        let isBracketed = host.hasPrefix("[") && host.hasSuffix("]")
        guard !host.isEmpty, isBracketed || !host.contains(":"), !host.contains(where: { $0.isWhitespace || $0 == "/" })
        else { return nil }
        if port == "*" {
            self.port = nil
        } else {
            // `UInt16` takes a sign.
            guard port.allSatisfy(\.isNumber), let number = UInt16(port) else { return nil }
            self.port = number
        }
        self.host = String(host)
    }

    /// Whether only this machine can reach it.
    public var isLoopback: Bool {
        let quads = host.split(separator: ".", omittingEmptySubsequences: false)
        return host == "localhost" || host == "[::1]"
            || (quads.count == 4 && quads[0] == "127" && quads.allSatisfy { UInt8($0) != nil })
    }

    /// Whether somebody can connect to it, as opposed to being bound there.
    public var isPlace: Bool { host != "*" && port ?? 0 > 0 }
}
