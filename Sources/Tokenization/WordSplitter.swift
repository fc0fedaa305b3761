/// Cuts text into the words that byte-pair merges never cross.
///
/// The published patterns are regular expressions with look-ahead; each is written here as a scanner that decides on the
/// class of one or two characters, in the order of the pattern's alternatives:
///
/// GPT-2: `'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`
///
/// Llama 3 and Qwen 2 (`\p{N}{1,3}` and `\p{N}`):
/// `(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`
enum WordSplitter: Sendable, Equatable {
    /// The pattern of ByteLevel itself.
    case gpt2
    /// Digits in groups of at most so many.
    case llama3(digits: Int)
    /// No pattern: the whole text is one word.
    case whole

    /// The splitter for a pattern, if it is one of the known.
    init?(pattern: String) {
        let contractions = "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}"
        let rest = "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+"
        switch pattern {
        case "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+": self = .gpt2
        case contractions + "{1,3}" + rest: self = .llama3(digits: 3)
        case contractions + rest: self = .llama3(digits: 1)
        default: return nil
        }
    }

    /// Where the word that starts at `start` ends. `bytes` is well-formed UTF-8; `start` < `end`.
    func wordEnd(in bytes: [UInt8], from start: Int, to end: Int) -> Int {
        switch self {
        case .gpt2: Scan(bytes: bytes, end: end).gpt2(start)
        case .llama3(let digits): Scan(bytes: bytes, end: end).llama3(start, digits: digits)
        case .whole: end
        }
    }
}

private struct Scan {
    let bytes: [UInt8]
    let end: Int

    func gpt2(_ start: Int) -> Int {
        if bytes[start] == UInt8(ascii: "'"), let end = contraction(start, ignoringCase: false) { return end }
        let (first, length) = CharacterClass.at(start, of: bytes)
        if !first.isSpace { return run(of: first, from: start + length) }
        if bytes[start] == UInt8(ascii: " "), start + 1 < end {
            let (second, length) = CharacterClass.at(start + 1, of: bytes)
            if !second.isSpace { return run(of: second, from: start + 1 + length) }
        }
        return spaces(start)
    }

    func llama3(_ start: Int, digits: Int) -> Int {
        if bytes[start] == UInt8(ascii: "'"), let end = contraction(start, ignoringCase: true) { return end }
        let (first, length) = CharacterClass.at(start, of: bytes)
        if first == .letter { return run(of: .letter, from: start + length) }
        if first == .number { return run(of: .number, from: start + length, most: digits - 1) }
        if first != .lineEnd, start + length < end {
            let (second, secondLength) = CharacterClass.at(start + length, of: bytes)
            if second == .letter { return run(of: .letter, from: start + length + secondLength) }
            if second == .other, bytes[start] == UInt8(ascii: " ") {
                return run(of: .lineEnd, from: run(of: .other, from: start + length + secondLength))
            }
        }
        if first == .other { return run(of: .lineEnd, from: run(of: .other, from: start + length)) }
        return lastLineEnd(start) ?? spaces(start)
    }

    /// The end of up to `most` characters of one class.
    @inline(__always)
    private func run(of kind: CharacterClass, from start: Int, most: Int = .max) -> Int {
        var at = start
        var count = 0
        while at < end, count < most {
            let (next, length) = CharacterClass.at(at, of: bytes)
            if next != kind { break }
            at += length
            count += 1
        }
        return at
    }

    /// `\s+(?!\S)|\s+`: all white space, but the last of several is left to the word that follows.
    private func spaces(_ start: Int) -> Int {
        var at = start
        var last = start
        while at < end {
            let (next, length) = CharacterClass.at(at, of: bytes)
            if !next.isSpace { return last > start ? last : at }
            last = at
            at += length
        }
        return at
    }

    /// `\s*[\r\n]+`: white space up to its last line end, if it has one.
    private func lastLineEnd(_ start: Int) -> Int? {
        var at = start
        var found: Int?
        while at < end {
            let (next, length) = CharacterClass.at(at, of: bytes)
            if !next.isSpace { break }
            at += length
            if next == .lineEnd { found = at }
        }
        return found
    }

    private func contraction(_ start: Int, ignoringCase: Bool) -> Int? {
        func letter(_ offset: Int) -> UInt8 {
            guard start + offset < end else { return 0 }
            let byte = bytes[start + offset]
            return ignoringCase && (0x41...0x5A).contains(byte) ? byte | 0x20 : byte
        }
        switch letter(1) {
        case UInt8(ascii: "s"), UInt8(ascii: "t"), UInt8(ascii: "m"), UInt8(ascii: "d"): return start + 2
        case UInt8(ascii: "r"), UInt8(ascii: "v"): return letter(2) == UInt8(ascii: "e") ? start + 3 : nil
        case UInt8(ascii: "l"): return letter(2) == UInt8(ascii: "l") ? start + 3 : nil
        // U+017F, the long s, folds to s.
        case 0xC5 where ignoringCase && letter(2) == 0xBF: return start + 3
        default: return nil
        }
    }
}
