import JSONLines

/// A model's answer.
public struct Completion: Sendable, Equatable {
    /// One token of the answer and what else might have stood there.
    public struct Token: Sendable, Equatable {
        /// The token as text.
        public var text: String
        /// Likely tokens at this place with their natural log-probabilities, likeliest first; the drawn one is among them.
        public var alternatives: [Alternative]

        /// A token.
        public init(text: String, alternatives: [Alternative]) {
            self.text = text
            self.alternatives = alternatives
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

    /// The text.
    public var text: String
    /// Its tokens with log-probabilities; empty when the server gives none.
    public var tokens: [Token]
    /// Tokens read, as the server counts them.
    public var inputTokens: Int
    /// Tokens written.
    public var outputTokens: Int

    /// An answer.
    public init(text: String, tokens: [Token] = [], inputTokens: Int = 0, outputTokens: Int = 0) {
        self.text = text
        self.tokens = tokens
        self.inputTokens = inputTokens
        self.outputTokens = outputTokens
    }
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
        guard let choice = body["choices"]?[0] else {
            throw EndpointError(.garbage, "the endpoint's answer has no choices: \(Self.excerpt(bytes))")
        }
        guard let text = choice["message"]?["content"]?.string ?? choice["text"]?.string else {
            throw EndpointError(.garbage, "the endpoint's answer has no text: \(Self.excerpt(bytes))")
        }
        self.init(
            text: text, tokens: Self.tokens(choice["logprobs"]),
            inputTokens: body["usage"]?["prompt_tokens"]?.integer ?? 0,
            outputTokens: body["usage"]?["completion_tokens"]?.integer ?? 0)
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
                return Token(text: text, alternatives: ranked(others, own))
            }
        }
        guard let texts = value?["tokens"]?.array else { return [] }
        return texts.enumerated().compactMap { index, entry in
            guard let text = entry.string else { return nil }
            let own = alternative(text, value?["token_logprobs"]?[index])
            let others = value?["top_logprobs"]?[index]?.object.map { object in
                object.compactMap { alternative($0.key, $0.value) }
            }
            return Token(text: text, alternatives: ranked(others ?? [], own))
        }
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
