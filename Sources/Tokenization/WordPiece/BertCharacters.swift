/// What BERT's text preparation distinguishes among characters.
///
/// Source: `BertNormalizer` and `BertPreTokenizer` of Hugging Face's `tokenizers`, whose tables are those of Unicode 8. What
/// was assigned later counts as unassigned here too, so that a text gets the tokens its encoder was trained with.
enum BertCharacters {
    /// White space of Unicode, tabs and line ends among it.
    static func isSpace(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value < 0x80 ? scalar == " " || (9...13).contains(scalar.value) : scalar.properties.isWhitespace
    }

    /// Removed: U+0000, U+FFFD, controls, format and private-use characters, other than tab and line ends.
    static func isRemoved(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "\t", "\n", "\r": return false
        case "\u{FFFD}": return true
        default: break
        }
        if scalar.value < 0x80 { return scalar.value < 0x20 || scalar.value == 0x7F }
        return switch category(scalar) {
        case .control, .format, .privateUse: true
        default: false
        }
    }

    /// Stands alone as a token: ASCII's symbols and Unicode's punctuation.
    static func isPunctuation(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 33...47, 58...64, 91...96, 123...126: return true
        case ..<0x80: return false
        default: break
        }
        return switch category(scalar) {
        case .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation, .initialPunctuation,
            .finalPunctuation, .otherPunctuation:
            true
        default: false
        }
    }

    /// An accent once a letter is decomposed.
    static func isAccent(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value >= 0x300 && category(scalar) == .nonspacingMark
    }

    /// Ideographs of Chinese, Japanese and Korean, which are written without spaces; kana and hangul are not.
    static func isIdeograph(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xF900...0xFAFF, 0x20000...0x2A6DF, 0x2A700...0x2B73F, 0x2B740...0x2B81F,
            0x2B920...0x2CEAF, 0x2F800...0x2FA1F:
            true
        default: false
        }
    }

    private static func category(_ scalar: Unicode.Scalar) -> Unicode.GeneralCategory {
        let properties = scalar.properties
        guard let age = properties.age, age.major <= 8 else { return .unassigned }
        return properties.generalCategory
    }
}
