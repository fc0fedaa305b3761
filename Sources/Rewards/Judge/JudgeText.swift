/// Reads a score out of what a judging model wrote, for servers that give no probabilities.
///
/// Tolerant of everything around the number (`Score: 7`, `**7**.`, `7/10`, `7 out of 10`), strict about the number itself: it has
/// to be one of the five, the same wherever one stands, and neither a fraction nor negative. Anything else is no score:
/// guessing would put numbers nobody gave into what is learned.
public enum JudgeText {
    /// The score in a text; nil when there is none or more than one.
    public static func score(in text: String) -> JudgeScore? {
        var found: Set<Int> = []
        let bytes = Array(text.utf8)
        var place = 0
        while place < bytes.count {
            guard isDigit(bytes[place]) else {
                place += 1
                continue
            }
            let start = place
            while place < bytes.count, isDigit(bytes[place]) { place += 1 }
            if isScale(bytes, start, place) { continue }
            guard place - start <= 2, !isPart(bytes, start, place),
                let value = Int(String(decoding: bytes[start..<place], as: UTF8.self))
            else { return nil }
            found.insert(value)
        }
        return found.count == 1 ? found.first.flatMap(JudgeScore.init(rawValue:)) : nil
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7A || byte >= 0x80
    }

    /// Part of a decimal number, of a word, or negative.
    private static func isPart(_ bytes: [UInt8], _ start: Int, _ end: Int) -> Bool {
        let before = start > 0 ? bytes[start - 1] : 0x20
        let after = end < bytes.count ? bytes[end] : 0x20
        if isLetter(before) || isLetter(after) || before == UInt8(ascii: "-") { return true }
        let separators = [UInt8(ascii: "."), UInt8(ascii: ",")]
        if separators.contains(before), start > 1, isDigit(bytes[start - 2]) { return true }
        return separators.contains(after) && end + 1 < bytes.count && isDigit(bytes[end + 1])
    }

    /// The 10 of `7/10` or `7 out of 10`.
    private static func isScale(_ bytes: [UInt8], _ start: Int, _ end: Int) -> Bool {
        guard bytes[start..<end].elementsEqual("10".utf8) else { return false }
        let before = String(decoding: bytes[..<start].suffix(24), as: UTF8.self).lowercased()
        var words = before[...]
        while words.last?.isWhitespace == true { words.removeLast() }
        return words.hasSuffix("/") && words.count > 1 || words.hasSuffix(" out of")
    }
}
