/// Finds the end of a request's head as its bytes come: looks at each byte once, however they come.
struct HeadReader {
    /// What has come so far.
    private(set) var bytes: [UInt8] = []
    private var scanned = 0
    private var lineIsEmpty = true
    private var hasLine = false

    private static let feed = UInt8(ascii: "\n")
    private static let carriage = UInt8(ascii: "\r")

    /// Whether no head can be so long.
    var isTooLong: Bool { bytes.count > RequestHead.limit }

    /// Takes what came; the head, with the empty line that ends it, when that is there.
    ///
    /// Empty lines before the first are nothing (RFC 9112, section 2.2), and so is a carriage return before a line's end.
    mutating func take(_ more: [UInt8]) -> [UInt8]? {
        bytes += more
        while scanned < bytes.count {
            let byte = bytes[scanned]
            scanned += 1
            if byte == Self.feed {
                if lineIsEmpty, hasLine { return Array(bytes[..<scanned]) }
                lineIsEmpty = true
            } else if byte != Self.carriage {
                lineIsEmpty = false
                hasLine = true
            }
        }
        return nil
    }
}
