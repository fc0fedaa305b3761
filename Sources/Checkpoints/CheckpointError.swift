/// A checkpoint, configuration or delta that cannot be used: one sentence that says what, where and what to do.
public struct CheckpointError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The whole sentence.
    public let description: String

    /// A sentence.
    public init(_ sentence: String) {
        description = sentence
    }
}
