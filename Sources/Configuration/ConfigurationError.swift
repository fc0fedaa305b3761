/// A configuration that cannot be used: one sentence that says where, what, and what to do.
public struct ConfigurationError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The sentence.
    public let description: String

    init(_ place: String, _ problem: String) {
        description = "\(place): \(problem)"
    }

    /// A sentence of its own.
    public init(_ description: String) {
        self.description = description
    }
}
