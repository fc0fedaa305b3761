/// Which `Host` headers are answered.
///
/// A page from anywhere can point a name of its own at this machine and then read what a server here answers (DNS
/// rebinding); the name it used is what gives it away. Addresses and `localhost` cannot be pointed anywhere, so they are
/// always answered, and other names only when they are expected.
public struct HostRule: Sendable, Equatable {
    /// Every name.
    public static let any = HostRule(names: nil)

    /// Nil for every name.
    private let names: Set<String>?

    /// Expects these names, without ports.
    public init(names: [String] = []) { self.init(names: Set(names.map { $0.lowercased() })) }

    private init(names: Set<String>?) { self.names = names }

    /// Whether a header's value may be answered; a request without one never is (RFC 9112, section 3.2).
    public func admits(_ header: String?) -> Bool {
        guard let header, let name = Self.name(of: header.lowercased()) else { return false }
        return name == "localhost" || WebAddress.isIPv4(name) || name.hasPrefix("[") || names?.contains(name) ?? true
    }

    /// The part before the port; nil when the port is none.
    private static func name(of header: String) -> String? {
        if header.hasPrefix("[") {
            guard let end = header.firstIndex(of: "]") else { return nil }
            let inside = header[header.index(after: header.startIndex)..<end]
            guard inside.contains(":"), inside.allSatisfy({ $0.isHexDigit || $0 == ":" || $0 == "." }) else {
                return nil
            }
            return isPort(header[header.index(after: end)...]) ? String(header[...end]) : nil
        }
        let colon = header.firstIndex(of: ":") ?? header.endIndex
        return isPort(header[colon...]) ? String(header[..<colon]) : nil
    }

    private static func isPort(_ text: Substring) -> Bool {
        text.isEmpty || (text.hasPrefix(":") && UInt16(text.dropFirst()) != nil)
    }
}
