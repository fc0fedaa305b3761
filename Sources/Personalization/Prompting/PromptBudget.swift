/// A prompt that fits, and what was left out to make it fit.
public struct FittedPrompt: Sendable, Equatable {
    /// The model's input.
    public var text: String
    /// Its length in tokens.
    public var tokenCount: Int
    /// Documents shown, best first, possibly shortened.
    public var documents: [Document]
    /// Retrieved documents that were dropped, lowest rank first.
    public var droppedDocuments: Int
    /// Words cut from the ends of shown documents.
    public var cutWords: Int
    /// Words cut from the end of the request.
    public var cutRequestWords = 0

    /// Nothing was left out.
    public var isWhole: Bool { droppedDocuments == 0 && cutWords == 0 && cutRequestWords == 0 }
}

/// The request alone is longer than the prompt may be.
public struct PromptTooLong: Error, Sendable, Equatable, CustomStringConvertible {
    /// Tokens of the prompt without any document.
    public var tokenCount: Int
    /// Tokens there is room for.
    public var limit: Int

    /// One sentence with both numbers.
    public var description: String {
        "the prompt without any document has \(tokenCount) tokens, but there is room for \(limit); "
            + "shorten the input, set data.longInput to cut or use a model with a longer context"
    }
}

/// Makes prompts fit by rule, so that the same rows give the same prompts everywhere.
///
/// 1. While it does not fit and more than `keepsAtLeast` documents are shown, the lowest-ranked is dropped.
/// 2. Then the longest documents are cut to a common number of words, the largest that fits.
/// 3. If not even one word of each fits, further documents are dropped.
/// 4. A request that does not fit alone is an error, or is cut to the largest number of words that fits.
public struct PromptBudget: Sendable, Equatable {
    /// Tokens a prompt may have.
    public var limit: Int
    /// Documents that are rather cut than dropped.
    public var keepsAtLeast: Int
    /// A request that does not fit alone is cut.
    public var cutsRequest: Bool

    /// A budget in tokens.
    public init(limit: Int, keepsAtLeast: Int = 1, cutsRequest: Bool = false) {
        self.limit = limit
        self.keepsAtLeast = keepsAtLeast
        self.cutsRequest = cutsRequest
    }

    /// The longest prompt by the rule. `countTokens` must be a pure function of its text.
    public func fit(
        _ template: PromptTemplate, input: String, documents: [Document], countTokens: (String) -> Int
    ) throws(PromptTooLong) -> FittedPrompt {
        try fit(input: input, documents: documents, countTokens: countTokens) {
            template.prompt(input: $0, documents: $1)
        }
    }

    /// The longest text of any kind that shows a request and documents, by the same rule. `render` must be a pure function,
    /// too.
    public func fit(
        input: String, documents: [Document], countTokens: (String) -> Int,
        render: (_ input: String, _ documents: [Document]) -> String
    ) throws(PromptTooLong) -> FittedPrompt {
        func attempt(_ input: String, _ shown: [Document], cut: Int) -> FittedPrompt {
            let text = render(input, shown)
            return FittedPrompt(
                text: text, tokenCount: countTokens(text), documents: shown,
                droppedDocuments: documents.count - shown.count, cutWords: cut)
        }
        var shown = documents
        var prompt = attempt(input, shown, cut: 0)
        while prompt.tokenCount > limit, shown.count > max(0, keepsAtLeast) {
            shown.removeLast()
            prompt = attempt(input, shown, cut: 0)
        }
        while prompt.tokenCount > limit {
            if shown.isEmpty {
                guard cutsRequest, var cut = cutRequest(input, { attempt($0, [], cut: 0) }) else {
                    throw PromptTooLong(tokenCount: prompt.tokenCount, limit: limit)
                }
                cut.droppedDocuments = documents.count
                return cut
            }
            if let fitted = Self.level(shown, { attempt(input, $0, cut: $1) }, limit: limit) { return fitted }
            shown.removeLast()
            prompt = attempt(input, shown, cut: 0)
        }
        return prompt
    }

    /// Cuts every document's text to at most n words, for the largest n ≥ 1 that fits; nil when none does.
    private static func level(
        _ documents: [Document], _ attempt: ([Document], Int) -> FittedPrompt, limit: Int
    ) -> FittedPrompt? {
        let lengths = documents.map { $0.text.split(whereSeparator: \.isWhitespace).count }
        func cut(to words: Int) -> FittedPrompt {
            var shortened = documents
            for index in shortened.indices where lengths[index] > words {
                shortened[index].text = prefix(of: shortened[index].text, words: words)
            }
            return attempt(shortened, lengths.reduce(0) { $0 + max(0, $1 - words) })
        }
        return largest(upTo: (lengths.max() ?? 1) - 1, limit: limit, cut)
    }

    /// Cuts the request to at most n words, for the largest n ≥ 1 that fits; nil when none does.
    private func cutRequest(_ input: String, _ attempt: (String) -> FittedPrompt) -> FittedPrompt? {
        let length = input.split(whereSeparator: \.isWhitespace).count
        return Self.largest(upTo: length - 1, limit: limit) { words in
            var prompt = attempt(Self.prefix(of: input, words: words))
            prompt.cutRequestWords = length - words
            return prompt
        }
    }

    /// The prompt of the largest number of words from 1 to `most` that fits; longer texts never have fewer tokens.
    private static func largest(upTo most: Int, limit: Int, _ cut: (Int) -> FittedPrompt) -> FittedPrompt? {
        var best: FittedPrompt?
        var (low, high) = (1, most)
        while low <= high {
            let middle = (low + high) / 2
            let candidate = cut(middle)
            if candidate.tokenCount <= limit {
                best = candidate
                low = middle + 1
            } else {
                high = middle - 1
            }
        }
        return best
    }

    /// The text up to the end of its n-th word, white space inside kept.
    private static func prefix(of text: String, words: Int) -> String {
        var seen = 0
        var inWord = false
        for index in text.indices {
            let isSpace = text[index].isWhitespace
            if !isSpace, !inWord { seen += 1 }
            if isSpace, inWord, seen == words { return String(text[..<index]) }
            inWord = !isSpace
        }
        return text
    }
}
