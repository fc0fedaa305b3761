/// Words cut into pieces of a vocabulary: the longest piece that fits, again and again from the left (Schuster and Nakajima,
/// 2012, as BERT uses it). Pieces within a word are spelled `##ing`. A word that cannot be cut is unknown as a whole.
struct WordPieceModel: Sendable {
    /// Token → id.
    private let ids: [[UInt8]: Int32]
    private let unknown: Int32
    /// What pieces within a word begin with.
    private let prefix: [UInt8]
    /// Longer words are unknown.
    private let mostCharacters: Int
    /// Bytes of the longest token.
    private let longest: Int

    init(ids: [[UInt8]: Int32], unknown: Int32, prefix: String = "##", mostCharacters: Int = 100) {
        self.ids = ids
        self.unknown = unknown
        self.prefix = Array(prefix.utf8)
        self.mostCharacters = mostCharacters
        longest = ids.keys.reduce(0) { max($0, $1.count) }
    }

    /// Appends the pieces of one word.
    func encode(_ word: [Unicode.Scalar], into output: inout [Int32]) {
        guard word.count <= mostCharacters else { return output.append(unknown) }
        let bytes = Array(String(String.UnicodeScalarView(word)).utf8)
        if let id = ids[bytes] { return output.append(id) }
        let first = output.count
        var start = 0
        while start < bytes.count {
            let head = start == 0 ? [] : prefix
            var end = min(bytes.count, start + max(0, longest - head.count))
            var found: Int32?
            while end > start {
                // Pieces end where characters do.
                if end == bytes.count || bytes[end] & 0xC0 != 0x80 {
                    found = ids[head + bytes[start..<end]]
                    if found != nil { break }
                }
                end -= 1
            }
            guard let found else {
                output.removeLast(output.count - first)
                return output.append(unknown)
            }
            output.append(found)
            start = end
        }
    }
}
