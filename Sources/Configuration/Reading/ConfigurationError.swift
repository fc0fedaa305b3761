/// Why a configuration cannot be used: one sentence that begins with the place.
public struct ConfigurationError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The key in question, dotted from the top (`sampling.temperature`), when there is one.
    public let key: String?
    /// The whole sentence.
    public let description: String

    init(_ place: Place, key: String? = nil, _ sentence: String) {
        self.key = key
        self.description = "\(place): \(sentence)"
    }
}

/// Where something was written: a spot in a file, or a flag.
struct Place: Sendable, Equatable, CustomStringConvertible {
    enum Origin: Sendable, Equatable {
        case file(String)
        /// The text after `--set`.
        case flag(String)
    }
    var origin: Origin
    /// Line and column count from 1; 0 is the whole file.
    var line = 0
    var column = 0

    var description: String {
        switch origin {
        case .file(let path): line > 0 ? "\(path):\(line):\(column)" : path
        case .flag(let text): "--set \(text)"
        }
    }
}
