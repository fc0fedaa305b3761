/// Writes a reasoning path without a second model: a bulleted summary of the habits a profile shows.
///
/// REST-PG's stage 0 (arXiv 2501.04167, section 3) lets an instruction-tuned model summarise interests, style and frequent
/// words from the profile *and* the reference. This reader sees the whole profile and never the reference, so nothing can
/// leak. The bullets come in a fixed order and closed forms, which a small model can learn to write from the few documents
/// it is shown, and each states something the answer can use:
///
///     - opening: Well then folks
///     - closing: Cheers to you all
///     - phrases: I bought this, Come rain or shine
///     - words: lantern, orchid
///     - length: 4 sentences
///     - punctuation: !
///     - rating: high
///
/// A bullet without content is left out. A profile without any text gives `- nothing is known`.
public struct ProfileRationale: Sendable, Equatable {
    /// Most phrases named.
    public var maximumPhrases: Int
    /// Most words named.
    public var maximumWords: Int

    /// A reader that names at most this many phrases and words.
    public init(maximumPhrases: Int = 3, maximumWords: Int = 2) {
        self.maximumPhrases = maximumPhrases
        self.maximumWords = maximumWords
    }

    /// The summary of a profile; a pure function of its texts and ratings.
    public func rationale(for profile: [Document]) -> String {
        let reading = StyleReading(profile, maximumPhrases: maximumPhrases, maximumWords: maximumWords)
        guard reading.documentCount > 0 else { return "- nothing is known" }
        var bullets: [(name: String, content: String)] = [
            ("opening", reading.opening), ("closing", reading.closing),
            ("phrases", reading.phrases.joined(separator: ", ")), ("words", reading.words.joined(separator: ", ")),
            ("length", reading.sentences == 1 ? "1 sentence" : "\(reading.sentences) sentences"),
            ("punctuation", reading.punctuation.joined(separator: " ")),
        ]
        if let rating = reading.rating { bullets.append(("rating", Self.level(rating))) }
        return bullets.filter { !$0.content.isEmpty }.map { "- \($0.name): \($0.content)" }.joined(separator: "\n")
    }

    /// A mean of one to five stars in words.
    static func level(_ rating: Double) -> String { rating >= 3.75 ? "high" : rating <= 2.5 ? "low" : "mixed" }
}
