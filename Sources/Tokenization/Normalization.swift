import Foundation

/// What happens to a text before it is split: canonical composition, and the ways vocabularies have of marking spaces.
struct Normalization: Sendable, Equatable {
    /// Where a space (or ▁) is put before a text that may lack one.
    enum Prefix: Sendable, Equatable {
        case none
        /// Before every piece between added tokens, even if it starts with one.
        case always
        /// Before every piece that does not start with one.
        case wherePieceLacksIt
        /// Before the text, if it does not start with one.
        case whereTextLacksIt
    }

    /// Unicode NFC.
    var composes = false
    /// Spaces are written ▁ (U+2581), as SentencePiece does.
    var marksSpaces = false
    var prefix = Prefix.none

    static let marker: [UInt8] = Array("▁".utf8)
    private static let space = UInt8(ascii: " ")

    /// Whether decoding drops a space at the start of a text.
    var addsSpace: Bool { marksSpaces && prefix != .none }

    private var prefixBytes: [UInt8] { marksSpaces ? Self.marker : [Self.space] }

    /// Steps that come before normalised added tokens are looked for.
    func normalize(_ bytes: [UInt8], _ range: Range<Int>) -> ([UInt8], Range<Int>) {
        var bytes = bytes
        var range = range
        if composes, bytes[range].contains(where: { $0 >= 0x80 }) {
            bytes = Array(String(decoding: bytes[range], as: UTF8.self).precomposedStringWithCanonicalMapping.utf8)
            range = 0..<bytes.count
        }
        guard marksSpaces else { return (bytes, range) }
        var marked: [UInt8] = prefix == .always ? Self.marker : []
        for byte in bytes[range] {
            if byte == Self.space { marked += Self.marker } else { marked.append(byte) }
        }
        return (marked, 0..<marked.count)
    }

    /// The step that comes after.
    func prefixed(_ bytes: [UInt8], _ range: Range<Int>, isFirst: Bool) -> ([UInt8], Range<Int>) {
        guard prefix == .wherePieceLacksIt || prefix == .whereTextLacksIt && isFirst else { return (bytes, range) }
        if bytes[range].starts(with: prefixBytes) { return (bytes, range) }
        let changed = prefixBytes + bytes[range]
        return (changed, 0..<changed.count)
    }
}
