// Numbers as the bytes of a file: little-endian hosts only (FileReader refuses others), types without padding only.

extension Array where Element: FixedWidthInteger & BitwiseCopyable {
    /// Calls with the elements' bytes, little-endian, nothing copied.
    public func withByteSpan<Result, Failure: Error>(
        _ body: (RawSpan) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try unsafe body(span.bytes)
    }
}

extension Array where Element == Float {
    /// Calls with the elements' bytes, little-endian, nothing copied.
    public func withByteSpan<Result, Failure: Error>(
        _ body: (RawSpan) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try unsafe body(span.bytes)
    }
}

extension Array where Element == UInt8 {
    /// Appends bytes.
    public mutating func append(_ bytes: RawSpan) {
        unsafe bytes.withUnsafeBytes { unsafe append(contentsOf: $0) }
    }
}
