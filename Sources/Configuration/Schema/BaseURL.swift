import Foundation

/// What the base URL of a server may be.
enum BaseURL {
    /// Why a text is none; nil when it is one.
    @Sendable static func problem(_ text: String) -> String? {
        guard let url = URLComponents(string: text, encodingInvalidCharacters: false), let scheme = url.scheme,
            ["http", "https"].contains(scheme.lowercased()), text.contains("://")
        else { return "it begins with http:// or https://" }
        if url.host?.isEmpty ?? true { return "it names no server" }
        if url.user != nil || url.password != nil { return "a key stands in a keyFile, never in a configuration" }
        let authority = text.drop { $0 != ":" }.dropFirst(3).prefix { $0 != "/" }
        if let colon = authority.lastIndex(of: ":"), !authority[colon...].contains("]") {
            let port = authority[authority.index(after: colon)...]
            guard let number = UInt16(port), number > 0 else { return "'\(port)' is no port" }
        }
        return url.query == nil && url.fragment == nil ? nil : "routes are put behind it, so it ends with its path"
    }
}
