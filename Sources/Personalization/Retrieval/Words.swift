/// How retrieval cuts text into words.
public enum WordRule: String, Sendable, CaseIterable {
    /// Lower-cased runs of letters and digits; everything else separates. The default.
    case words
    /// What white space separates, case and punctuation kept, as LaMP's own code does.
    case whitespace

    /// The words of a text, in order.
    public func words(of text: String) -> [String] {
        switch self {
        case .words:
            return Words.scan(text).map { $0.text }
        case .whitespace:
            return text.split(whereSeparator: \.isWhitespace).map(String.init)
        }
    }
}

/// A word of a text and what follows it, for readers of style.
struct Word: Sendable, Equatable {
    /// Lower-cased; an apostrophe within a word is kept when asked for.
    var text: String
    /// As written.
    var original: String
    /// What lies between this word and the next (or the end): punctuation and white space.
    var gap: String

    /// The punctuation in the gap closes a clause; a hyphen does when it stands free.
    var endsClause: Bool {
        gap.unicodeScalars.contains { Words.clauseEnds.contains($0) } || gap == " - " || gap == " -- "
    }
    /// The punctuation in the gap closes a sentence; so does an empty line, but not the break of a wrapped line.
    var endsSentence: Bool {
        gap.unicodeScalars.contains { ".!?\u{2026}".unicodeScalars.contains($0) }
            || gap.unicodeScalars.count { $0 == "\n" } > 1
    }
}

/// Cutting text into words.
enum Words {
    static let clauseEnds: [Unicode.Scalar] = Array(".,;:!?()\n\u{2014}\u{2013}\u{2026}".unicodeScalars)

    /// Lower-cased runs of letters and digits. With `keepsApostrophes`, `don't` stays one word.
    static func scan(_ text: String, keepsApostrophes: Bool = false) -> [Word] {
        var words: [Word] = []
        var current = String.UnicodeScalarView()
        var gap = String.UnicodeScalarView()
        let scalars = Array(text.unicodeScalars)
        func isWordScalar(_ scalar: Unicode.Scalar) -> Bool {
            scalar.properties.isAlphabetic || scalar.properties.numericType != nil
                || scalar.properties.generalCategory == .nonspacingMark
        }
        func close() {
            guard !current.isEmpty else { return }
            let original = String(current)
            words.append(Word(text: original.lowercased(), original: original, gap: ""))
            current = String.UnicodeScalarView()
        }
        for (index, scalar) in scalars.enumerated() {
            let joins =
                keepsApostrophes && (scalar == "'" || scalar == "\u{2019}") && !current.isEmpty
                && index + 1 < scalars.count && isWordScalar(scalars[index + 1])
            if isWordScalar(scalar) || joins {
                if current.isEmpty, !words.isEmpty {
                    words[words.count - 1].gap = String(gap)
                }
                if current.isEmpty { gap = String.UnicodeScalarView() }
                current.append(scalar)
            } else {
                close()
                gap.append(scalar)
            }
        }
        close()
        if !words.isEmpty { words[words.count - 1].gap = String(gap) }
        return words
    }
}
