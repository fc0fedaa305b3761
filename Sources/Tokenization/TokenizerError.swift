/// A tokenizer that cannot be read, trained or used: one sentence that says what, where and what to do.
public struct TokenizerError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The whole sentence.
    public let description: String

    /// A sentence.
    public init(_ sentence: String) {
        description = sentence
    }
}
