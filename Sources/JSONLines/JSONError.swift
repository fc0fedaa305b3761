/// Why a text is not JSON, and where.
public struct JSONError: Error, CustomStringConvertible, Sendable, Equatable {
    /// What is wrong, such as "a comma or ']' is missing".
    public let reason: String
    /// Bytes before the place.
    public let offset: Int
    /// Line, from 1.
    public let line: Int
    /// Byte in the line, from 1.
    public let column: Int

    init(_ reason: String, at offset: Int, in bytes: [UInt8], from start: Int) {
        let before = bytes[start..<min(max(offset, start), bytes.count)]
        self.reason = reason
        self.offset = offset - start
        self.line = 1 + before.count { $0 == UInt8(ascii: "\n") }
        self.column = 1 + (before.lastIndex(of: UInt8(ascii: "\n")).map { offset - $0 - 1 } ?? offset - start)
    }

    /// One sentence.
    public var description: String {
        "Invalid JSON at line \(line), column \(column) (byte \(offset)): \(reason)."
    }
}
