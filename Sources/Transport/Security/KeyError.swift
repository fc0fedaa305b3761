/// What is wrong with keys: one sentence that names the file and says what to do.
public struct KeyError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The sentence.
    public let description: String

    /// A sentence.
    public init(_ description: String) {
        self.description = description
    }
}
