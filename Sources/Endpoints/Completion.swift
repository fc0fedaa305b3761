import JSONLines

/// A model's answer, or several drawn for one request.
public struct Completion: Sendable, Equatable {
    /// One of the answers.
    public struct Choice: Sendable, Equatable {
        /// The text.
        public var text: String
        /// Its tokens with log-probabilities; empty when the server gives none.
        public var tokens: [Token]
        /// Its tokens by number, where the server gives them.
        public var tokenIDs: [Int]?
        /// Why it ended: `stop`, `length`, or another word of the server's; nil when it says nothing.
        public var ending: String?

        /// An answer.
        public init(text: String, tokens: [Token] = [], tokenIDs: [Int]? = nil, ending: String? = nil) {
            self.text = text
            self.tokens = tokens
            self.tokenIDs = tokenIDs
            self.ending = ending
        }
    }

    /// One token of the answer and what else might have stood there.
    public struct Token: Sendable, Equatable {
        /// The token as text.
        public var text: String
        /// Likely tokens at this place with their natural log-probabilities, likeliest first; the drawn one is among them.
        public var alternatives: [Alternative]
        /// The token's own natural log-probability, where the server gives it.
        public var logProbability: Double?

        /// A token.
        public init(text: String, alternatives: [Alternative], logProbability: Double? = nil) {
            self.text = text
            self.alternatives = alternatives
            self.logProbability = logProbability
        }
    }

    /// A token that might stand somewhere.
    public struct Alternative: Sendable, Equatable {
        /// The token as text.
        public var text: String
        /// Its natural log-probability.
        public var logProbability: Double

        /// An alternative.
        public init(text: String, logProbability: Double) {
            self.text = text
            self.logProbability = logProbability
        }
    }

    /// The answers, at least one.
    public let choices: [Choice]
    /// Tokens read, as the server counts them.
    public var inputTokens: Int
    /// Tokens written.
    public var outputTokens: Int

    /// The text of the first answer.
    public var text: String { choices.first?.text ?? "" }
    /// The tokens of the first answer.
    public var tokens: [Token] { choices.first?.tokens ?? [] }
}

// Reading a response. Servers differ in what they leave out: usage and log-probabilities may be missing, the text may not.
extension Completion {
    /// Reads the body of a successful response to either interface.
    ///
    /// - Throws: `EndpointError` of kind `garbage`.
    public init(response bytes: [UInt8]) throws(EndpointError) {
        let body: JSON
        do {
            body = try JSON.parse(bytes)
        } catch {
            throw EndpointError(.garbage, "the endpoint's answer is not JSON: \(Self.excerpt(bytes))")
        }
        guard let answers = body["choices"]?.array, !answers.isEmpty else {
            throw EndpointError(.garbage, "the endpoint's answer has no choices: \(Self.excerpt(bytes))")
        }
        var choices: [Choice] = []
        for answer in answers {
            guard let text = answer["message"]?["content"]?.string ?? answer["text"]?.string else {
                throw EndpointError(.garbage, "the endpoint's answer has no text: \(Self.excerpt(bytes))")
            }
            choices.append(
                Choice(
                    text: text, tokens: Self.tokens(answer["logprobs"]), tokenIDs: Self.tokenIDs(answer),
                    ending: answer["finish_reason"]?.string))
        }
        self.choices = choices
        inputTokens = body["usage"]?["prompt_tokens"]?.integer ?? 0
        outputTokens = body["usage"]?["completion_tokens"]?.integer ?? 0
    }

    /// `{"content": [{"token", "logprob", "top_logprobs": [{"token", "logprob"}]}]}` of the chat interface, or
    /// `{"tokens": […], "token_logprobs": […], "top_logprobs": [{token: logprob}]}` of the other.
    private static func tokens(_ value: JSON?) -> [Token] {
        if let content = value?["content"]?.array {
            return content.compactMap { entry in
                guard let text = entry["token"]?.string else { return nil }
                let own = alternative(text, entry["logprob"])
                let others = (entry["top_logprobs"]?.array ?? []).compactMap { other in
                    other["token"]?.string.flatMap { alternative($0, other["logprob"]) }
                }
                return Token(text: text, alternatives: ranked(others, own), logProbability: own?.logProbability)
            }
        }
        guard let texts = value?["tokens"]?.array else { return [] }
        return texts.enumerated().compactMap { index, entry in
            guard let text = entry.string else { return nil }
            let own = alternative(text, value?["token_logprobs"]?[index])
            let others = value?["top_logprobs"]?[index]?.object.map { object in
                object.compactMap { alternative($0.key, $0.value) }
            }
            return Token(text: text, alternatives: ranked(others ?? [], own), logProbability: own?.logProbability)
        }
    }

    /// vLLM's `token_ids`, or the `id` that llama.cpp writes beside each log-probability; nil unless all are there.
    private static func tokenIDs(_ answer: JSON) -> [Int]? {
        let numbers = answer["token_ids"]?.array ?? answer["logprobs"]?["content"]?.array?.compactMap { $0["id"] }
        let count = answer["token_ids"]?.array?.count ?? answer["logprobs"]?["content"]?.array?.count
        let identifiers = numbers?.compactMap(\.integer)
        return identifiers?.count == count ? identifiers : nil
    }

    private static func alternative(_ text: String, _ logProbability: JSON?) -> Alternative? {
        guard let number = logProbability?.double, number.isFinite, number <= 1e-6 else { return nil }
        return Alternative(text: text, logProbability: min(0, number))
    }

    /// Likeliest first, ties by text; the drawn token once.
    private static func ranked(_ others: [Alternative], _ own: Alternative?) -> [Alternative] {
        var all = others
        if let own, !all.contains(where: { $0.text == own.text }) { all.append(own) }
        return all.sorted { a, b in
            a.logProbability != b.logProbability
                ? a.logProbability > b.logProbability : a.text.utf8.lexicographicallyPrecedes(b.text.utf8)
        }
    }

    static func excerpt(_ bytes: [UInt8]) -> String {
        let text = String(decoding: bytes.prefix(160), as: UTF8.self)
        return "'" + String(text.unicodeScalars.map { $0.value < 0x20 || $0.value == 0x7F ? " " : Character($0) }) + "'"
    }
}
