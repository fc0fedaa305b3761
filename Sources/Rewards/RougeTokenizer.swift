/// `rouge_score`'s default tokenizer, on bytes: lower case, then every run of anything but a–z and 0–9 separates.
enum RougeTokenizer {
    /// The text with letters in lower case and 0 for what separates.
    ///
    /// Only two scalars beyond ASCII become ASCII letters in lower case: the Kelvin sign U+212A (k), and the capital I with
    /// a dot U+0130 (i, then a combining dot, which separates).
    static func normalize(_ text: String) -> [UInt8] {
        var letters = Array(text.utf8)
        var source = 0
        var target = 0
        while source < letters.count {
            let byte = letters[source]
            source += 1
            if byte == 0xE2, source + 1 < letters.count, letters[source] == 0x84, letters[source + 1] == 0xAA {
                letters[target] = UInt8(ascii: "k")
                source += 2
            } else if byte == 0xC4, source < letters.count, letters[source] == 0xB0 {
                // The byte that follows, 0xB0, separates.
                letters[target] = UInt8(ascii: "i")
            } else {
                letters[target] = table[Int(byte)]
            }
            target += 1
        }
        letters.removeLast(source - target)
        return letters
    }

    /// The lower-case letter or digit; 0 for what separates.
    private static let table: [UInt8] = (0...255).map { (byte: UInt8) in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): byte
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): byte | 0x20
        default: 0
        }
    }
}
