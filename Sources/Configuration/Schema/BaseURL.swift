import Foundation

/// What the base URL of a server may be.
enum BaseURL {
    /// Why a text is none; nil when it is one.
    @Sendable static func problem(_ text: String) -> String? {
        guard let url = URLComponents(string: text, encodingInvalidCharacters: false), let scheme = url.scheme,
            ["http", "https"].contains(scheme.lowercased()), text.contains("://")
        else { return "it begins with http:// or https://" }
        if url.host?.isEmpty ?? true { return "it names no server" }
        if let port = url.port, !(1...65_535).contains(port) { return "\(port) is no port" }
        if url.user != nil || url.password != nil { return "a key stands in a keyFile, never in a configuration" }
        return url.query == nil && url.fragment == nil ? nil : "routes are put behind it, so it ends with its path"
    }
}
