/// Where the chunks of a blob that is being pulled go, in order.
public protocol ArrivingBlob: Sendable {
    /// What may go wrong with the place.
    associatedtype Failure: Error
    /// The blob once it is whole.
    associatedtype Whole: Sendable
    /// Offers what an earlier process received, a chunk at a time, until one is not taken; the rest is dropped.
    mutating func resume(_ takes: ([UInt8]) -> Bool) throws(Failure)
    /// Adds the next chunk, which is verified.
    mutating func append(_ bytes: [UInt8]) throws(Failure)
    /// All chunks are there and right.
    mutating func finish() throws(Failure) -> Whole
}

/// A blob in memory.
public struct BlobInMemory: ArrivingBlob {
    private var bytes: [UInt8] = []

    /// Nothing yet.
    public init() {}

    /// Nothing was left by an earlier process.
    public mutating func resume(_ takes: ([UInt8]) -> Bool) throws(Never) {}

    /// Adds a chunk.
    public mutating func append(_ bytes: [UInt8]) throws(Never) { self.bytes += bytes }

    /// The whole.
    public mutating func finish() throws(Never) -> [UInt8] { bytes }
}

extension BlobDownloads where Place == BlobInMemory {
    /// Nothing under way into memory.
    public init(pace: Pace = Pace()) { self.init(pace: pace) { _ in BlobInMemory() } }
}
