import Foundation

/// What BERT does to a text before it looks words up (`BasicTokenizer` of the original release): cleaning, spaces around
/// ideographs, accents, lower case, then words at white space and around punctuation.
struct BertNormalization: Sendable, Equatable {
    /// Removes controls and makes every white space a space.
    var cleans = true
    /// Puts spaces around ideographs.
    var separatesIdeographs = true
    /// Removes accents.
    var stripsAccents = true
    /// Makes letters small, one by one: no rule looks at neighbours.
    var lowercases = true

    /// The words of a text.
    func words(of text: String) -> [[Unicode.Scalar]] {
        var words: [[Unicode.Scalar]] = []
        var word: [Unicode.Scalar] = []
        func close() {
            if !word.isEmpty { words.append(word) }
            word = []
        }
        for scalar in normalized(text) {
            if BertCharacters.isSpace(scalar) {
                close()
            } else if BertCharacters.isPunctuation(scalar) {
                close()
                words.append([scalar])
            } else {
                word.append(scalar)
            }
        }
        close()
        return words
    }

    /// The text as the words are cut from it.
    func normalized(_ text: String) -> [Unicode.Scalar] {
        var scalars: [Unicode.Scalar] = []
        scalars.reserveCapacity(text.utf8.count)
        var isASCII = true
        for scalar in text.unicodeScalars {
            if cleans, BertCharacters.isRemoved(scalar) { continue }
            if scalar.value >= 0x80 { isASCII = false }
            if cleans, BertCharacters.isSpace(scalar) {
                scalars.append(" ")
            } else if separatesIdeographs, BertCharacters.isIdeograph(scalar) {
                scalars += [" ", scalar, " "]
            } else {
                scalars.append(scalar)
            }
        }
        if stripsAccents, !isASCII { scalars = Self.withoutAccents(scalars) }
        return lowercases ? Self.lowercased(scalars) : scalars
    }

    private static func withoutAccents(_ scalars: [Unicode.Scalar]) -> [Unicode.Scalar] {
        let text = String(String.UnicodeScalarView(scalars)).decomposedStringWithCanonicalMapping
        return text.unicodeScalars.filter { !BertCharacters.isAccent($0) }
    }

    private static func lowercased(_ scalars: [Unicode.Scalar]) -> [Unicode.Scalar] {
        var result: [Unicode.Scalar] = []
        result.reserveCapacity(scalars.count)
        for scalar in scalars {
            if scalar.value < 0x80 {
                result.append(("A"..."Z").contains(scalar) ? Unicode.Scalar(UInt8(scalar.value) | 0x20) : scalar)
            } else {
                result += scalar.properties.lowercaseMapping.unicodeScalars
            }
        }
        return result
    }
}
