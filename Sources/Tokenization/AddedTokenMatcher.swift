/// Finds tokens that are cut out of a text before anything else looks at it: leftmost, then longest.
struct AddedTokenMatcher: Sendable {
    struct Token: Sendable {
        let id: Int32
        let bytes: [UInt8]
        /// Swallows the white space before it.
        let stripsLeft: Bool
        /// Swallows the white space after it.
        let stripsRight: Bool
    }

    enum Piece {
        case text(Range<Int>)
        case token(Int32)
    }

    /// Longest first, by first byte.
    private let candidates: [[Token]]
    /// Whether a token begins with these two bytes: spares nearly every comparison, also where tokens are runs of spaces.
    private let beginnings: [Bool]
    private let isEmpty: Bool

    init(_ tokens: [Token]) {
        var candidates = [[Token]](repeating: [], count: 256)
        for token in tokens where !token.bytes.isEmpty { candidates[Int(token.bytes[0])].append(token) }
        // Equal lengths cannot both match, so their order does not matter.
        self.candidates = candidates.map { $0.sorted { $0.bytes.count > $1.bytes.count } }
        var beginnings = [Bool](repeating: false, count: tokens.isEmpty ? 0 : 1 << 16)
        for token in tokens where !token.bytes.isEmpty {
            let first = Int(token.bytes[0]) << 8
            // A token of one byte may be followed by any.
            let seconds = token.bytes.count > 1 ? Int(token.bytes[1])...Int(token.bytes[1]) : 0...255
            for second in seconds { beginnings[first | second] = true }
        }
        self.beginnings = beginnings
        isEmpty = tokens.isEmpty
    }

    /// Calls with the pieces of `range` in order; text pieces are never empty.
    func split(_ bytes: [UInt8], _ range: Range<Int>, _ body: (Piece) -> Void) {
        var start = range.lowerBound
        if !isEmpty {
            var at = start
            while at < range.upperBound {
                guard let token = match(bytes, at, range.upperBound) else {
                    at += 1
                    continue
                }
                var end = at + token.bytes.count
                var textEnd = at
                if token.stripsLeft { textEnd = Self.withoutTrailingSpace(bytes, start, at) }
                if token.stripsRight { end = Self.afterSpace(bytes, end, range.upperBound) }
                if textEnd > start { body(.text(start..<textEnd)) }
                body(.token(token.id))
                start = end
                at = end
            }
        }
        if start < range.upperBound { body(.text(start..<range.upperBound)) }
    }

    @inline(__always)
    private func match(_ bytes: [UInt8], _ at: Int, _ end: Int) -> Token? {
        if at + 1 < end, !beginnings[Int(bytes[at]) << 8 | Int(bytes[at + 1])] { return nil }
        return candidates[Int(bytes[at])].first { token in
            guard token.bytes.count <= end - at else { return false }
            for offset in 1..<max(1, token.bytes.count) where bytes[at + offset] != token.bytes[offset] { return false }
            return true
        }
    }

    private static func afterSpace(_ bytes: [UInt8], _ start: Int, _ end: Int) -> Int {
        var at = start
        while at < end {
            let (kind, length) = CharacterClass.at(at, of: bytes)
            if !kind.isSpace { break }
            at += length
        }
        return at
    }

    private static func withoutTrailingSpace(_ bytes: [UInt8], _ start: Int, _ end: Int) -> Int {
        var at = end
        while at > start {
            var scalar = at - 1
            while scalar > start, bytes[scalar] & 0xC0 == 0x80 { scalar -= 1 }
            if !CharacterClass.at(scalar, of: bytes).0.isSpace { break }
            at = scalar
        }
        return at
    }
}
