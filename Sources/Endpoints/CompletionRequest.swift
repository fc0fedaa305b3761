public import Digests
public import JSONLines

/// What is asked of a model, as a value: equal requests have equal bytes, so that answers can be kept by content.
public struct CompletionRequest: Sendable, Equatable {
    /// Which of the two interfaces.
    public enum Input: Sendable, Equatable {
        /// `POST /chat/completions` with one message of the user's, after an optional one of the system's.
        case chat(system: String?, user: String)
        /// `POST /completions`: the text is continued as it is.
        case text(String)
        /// `POST /completions`: these tokens of the model's own vocabulary are continued, whatever the server's tokenizer.
        case tokens([Int32])
    }

    /// What the model reads.
    public var input: Input
    /// Most tokens of the answer.
    public var maxTokens: Int
    /// 0 is greedy, as far as the server is.
    public var temperature: Double
    /// Nucleus mass; nil leaves it to the server.
    public var topP: Double?
    /// Asks the server to draw the same tokens each time; it need not. nil sends none.
    public var seed: UInt32?
    /// Log-probabilities of this many tokens at each place; 0 asks for none.
    public var topLogProbabilities: Int
    /// Answers drawn at once (`n`). Servers that know no such thing give one.
    public var count = 1
    /// Texts that end an answer and are no part of it.
    public var stop: [String] = []
    /// Members that are not OpenAI's and that the server knows, such as `top_k`.
    public var extensions = JSONObject()

    /// A request.
    public init(
        _ input: Input, maxTokens: Int, temperature: Double = 0, topP: Double? = nil, seed: UInt32? = nil,
        topLogProbabilities: Int = 0
    ) {
        self.input = input
        self.maxTokens = maxTokens
        self.temperature = temperature
        self.topP = topP
        self.seed = seed
        self.topLogProbabilities = topLogProbabilities
    }

    /// The path under the base URL.
    public var path: String {
        switch input {
        case .chat: "chat/completions"
        case .text, .tokens: "completions"
        }
    }

    /// The request's body for a model.
    public func body(model: String) -> JSON {
        var body = JSONObject()
        body["model"] = .string(model)
        switch input {
        case .chat(let system, let user):
            let first = system.map { [Self.message("system", $0)] } ?? []
            body["messages"] = .array(first + [Self.message("user", user)])
            if topLogProbabilities > 0 {
                body["logprobs"] = true
                body["top_logprobs"] = .integer(Int64(topLogProbabilities))
            }
        case .text(let text): continueText(.string(text), &body)
        case .tokens(let tokens): continueText(.array(tokens.map { .integer(Int64($0)) }), &body)
        }
        body["max_tokens"] = .integer(Int64(maxTokens))
        body["temperature"] = .number(temperature)
        if let topP { body["top_p"] = .number(topP) }
        if let seed { body["seed"] = .integer(Int64(seed)) }
        if count > 1 { body["n"] = .integer(Int64(count)) }
        if !stop.isEmpty { body["stop"] = .array(stop.map(JSON.string)) }
        for (name, value) in extensions { body[name] = value }
        return .object(body)
    }

    private func continueText(_ prompt: JSON, _ body: inout JSONObject) {
        body["prompt"] = prompt
        if topLogProbabilities > 0 { body["logprobs"] = .integer(Int64(topLogProbabilities)) }
    }

    /// Names the answer: digest of path and body.
    public func digest(model: String) -> Digest {
        var digest = DigestBuilder("reprise.endpoint.request.v1")
        digest.add(path)
        digest.add(body(model: model).serialized())
        return digest.finish()
    }

    private static func message(_ role: String, _ content: String) -> JSON {
        ["role": .string(role), "content": .string(content)]
    }
}
