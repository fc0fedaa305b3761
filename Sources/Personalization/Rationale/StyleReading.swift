/// What a deterministic reader finds in all of a user's documents: habits, counted.
///
/// A habit is what recurs over documents, not what is frequent within one; so everything here counts documents. Nothing
/// but the profile is read: neither the request nor the reference.
struct StyleReading: Sendable, Equatable {
    /// Documents with any text.
    var documentCount = 0
    /// First words shared by several documents, as written in the earliest; empty when there are none.
    var opening = ""
    /// Last words shared by several documents.
    var closing = ""
    /// Runs of three to five words that recur inside documents, in the order in which texts use them.
    var phrases: [String] = []
    /// Distinctive words that recur, most telling first, lower-cased.
    var words: [String] = []
    /// Median number of sentences.
    var sentences = 0
    /// Median number of words.
    var length = 0
    /// Punctuation used in at least half of the documents, of `!`, `?`, `...`, `-`, `;`, `:` and `(`.
    var punctuation: [String] = []
    /// Mean rating, where there are ratings.
    var rating: Double?

    /// Reads a profile. `maximumPhrases` and `maximumWords` bound the lists.
    init(_ profile: [Document], maximumPhrases: Int = 3, maximumWords: Int = 2) {
        let texts = profile.map(\.text).filter { !$0.isEmpty }
        let documents = texts.map { Words.scan($0, keepsApostrophes: true) }.filter { !$0.isEmpty }
        documentCount = documents.count
        let ratings = profile.compactMap(\.rating)
        if !ratings.isEmpty { rating = ratings.reduce(0, +) / Double(ratings.count) }
        guard !documents.isEmpty else { return }

        let least = max(2, (documents.count + 3) / 4)
        opening = Recurrence.bestEdge(documents.map { Self.edge($0[...]) }, least: least)
        // Suffixes are the prefixes of the words read backwards.
        closing = Recurrence.bestEdge(documents.map { Self.reversedEdge($0) }, least: least).split(separator: " ")
            .reversed().joined(separator: " ")
        let edges = Recurrence.Edges(opening: opening, closing: closing)
        phrases = Recurrence.phrases(documents, least: least, edges: edges, maximum: maximumPhrases)
        words = Recurrence.words(
            documents, least: max(2, (documents.count + 2) / 3), spoken: [opening, closing] + phrases,
            maximum: maximumWords)
        sentences = Self.median(documents.map { words in max(1, words.count { $0.endsSentence }) })
        length = Self.median(documents.map(\.count))
        punctuation = Self.punctuation(texts)
    }

    /// Words up to the end of the first clause, at most five.
    private static func edge(_ words: ArraySlice<Word>) -> [Word] {
        var edge: [Word] = []
        for word in words.prefix(5) {
            edge.append(word)
            if word.endsClause { break }
        }
        return edge
    }

    /// Words of the last clause from its end backwards, at most six.
    private static func reversedEdge(_ words: [Word]) -> [Word] {
        var edge: [Word] = []
        for word in words.reversed() {
            if !edge.isEmpty, word.endsClause { break }
            edge.append(word)
            if edge.count == 6 { break }
        }
        return edge
    }

    private static func punctuation(_ texts: [String]) -> [String] {
        let marks: [(mark: String, spellings: [String])] = [
            ("!", ["!"]), ("?", ["?"]), ("...", ["...", "\u{2026}"]), ("-", [" - ", " -- ", "\u{2014}", "\u{2013}"]),
            (";", [";"]), (":", [":"]), ("(", ["("]),
        ]
        return marks.filter { mark in
            let users = texts.count { text in mark.spellings.contains { Substrings.contains($0, in: text) } }
            return users * 2 >= texts.count
        }.map(\.mark)
    }

    /// The lower median.
    static func median(_ values: [Int]) -> Int {
        let sorted = values.sorted()
        return sorted.isEmpty ? 0 : sorted[(sorted.count - 1) / 2]
    }
}

/// Search of one text in another, byte by byte.
enum Substrings {
    static func contains(_ needle: String, in text: String) -> Bool {
        let (needle, text) = (Array(needle.utf8), Array(text.utf8))
        guard !needle.isEmpty, text.count >= needle.count else { return needle.isEmpty }
        return (0...(text.count - needle.count)).contains { start in
            text[start] == needle[0] && text[start..<(start + needle.count)].elementsEqual(needle)
        }
    }
}
