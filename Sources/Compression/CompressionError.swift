/// Why data could not be compressed or decompressed.
public struct CompressionError: Error, CustomStringConvertible, Sendable, Equatable {
    /// One sentence: what is wrong with the data.
    public let description: String

    init(_ description: String) { self.description = description }
}
