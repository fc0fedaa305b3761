import FlyingSocks
import Foundation

/// Where a server listens: an IP address and a port. Names are not resolved, so that nothing listens elsewhere than it says.
public struct WebAddress: Sendable, Equatable {
    /// The address, without brackets.
    public let host: String
    /// The port; 0 takes a free one.
    public let port: UInt16

    /// An address and a port.
    public init(host: String, port: UInt16) {
        self.host = host
        self.port = port
    }

    /// Reads `127.0.0.1:8642`, `[::1]:8642` or `localhost:8642`; nil for anything else.
    public init?(_ text: String) {
        guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]) else {
            return nil
        }
        var host = String(text[..<colon])
        if host == "localhost" { host = "127.0.0.1" }
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = String(host.dropFirst().dropLast())
            guard (try? sockaddr_in6.inet6(ip6: host, port: port)) != nil else { return nil }
        } else {
            guard Self.isIPv4(host) else { return nil }
        }
        self.init(host: host, port: port)
    }

    /// Whether only this machine can reach it.
    public var isLoopback: Bool { host == "::1" || (Self.isIPv4(host) && host.hasPrefix("127.")) }

    /// Whether the address is of version 6.
    var isIPv6: Bool { host.contains(":") }

    /// Four decimal bytes.
    static func isIPv4(_ host: String) -> Bool {
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4
            && parts.allSatisfy { part in
                (1...3).contains(part.count) && part.allSatisfy(\.isNumber) && UInt8(part) != nil
            }
    }
}

extension WebAddress: CustomStringConvertible {
    /// As it is read.
    public var description: String { isIPv6 ? "[\(host)]:\(port)" : "\(host):\(port)" }
}
