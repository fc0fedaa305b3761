extension RunConfiguration {
    /// `rationale`: the reasoning paths of the first fine-tuning (stage 0).
    public struct Rationale: Sendable, Equatable {
        /// Who writes them.
        public enum Source: String, Sendable, CaseIterable { case profile, checkpoint, endpoint }
        /// What stands in for a path when no written one is accepted.
        public enum Fallback: String, Sendable, CaseIterable { case profile, none }

        /// Who writes them: a deterministic reader of the profile, a model of the policy's architecture, or an endpoint.
        public var source = Source.profile
        /// The writing model, in the Hugging Face layout.
        public var checkpoint = ""
        /// Where the writing model is asked.
        public var endpoint = Endpoint()
        /// 0 is greedy: a rejected path would then be drawn again as it was.
        public var temperature = 0.7
        /// Nucleus mass.
        public var topP = 1.0
        /// Longest path in the writing model's tokens.
        public var maxNewTokens = 160
        /// Paths drawn for one prompt before the fallback.
        public var attempts = 4
        /// Length of the runs of words that are compared with the reference.
        public var leakWords = 4
        /// The largest share of the reference's runs that a path may hold.
        public var leakShare = 0.02
        /// What stands in for a path when no written one is accepted.
        public var fallback = Fallback.profile

        /// All defaults.
        public init() {}
    }

    /// An OpenAI-compatible server, wherever the configuration needs one.
    public struct Endpoint: Sendable, Equatable {
        /// The base URL.
        public var url = ""
        /// The model's name.
        public var model = ""
        /// A file that holds the API key; empty for none.
        public var keyFile = ""
        /// Longest time one request takes.
        public var timeoutSeconds = 60.0
        /// Requests at the same time, per node.
        public var concurrency = 4
        /// Times a request is made before its failure stands.
        public var attempts = 6
        /// Longest wait the server may ask for.
        public var patienceSeconds = 300.0
        /// What a million tokens read cost.
        public var inputPrice = 0.0
        /// What a million tokens written cost.
        public var outputPrice = 0.0

        /// All defaults.
        public init() {}
    }
}

extension RunConfiguration.Rationale: Section {
    static let keys: [Key<Self>] =
        [Key("source", \.source, .choice, "who writes the reasoning paths of the fine-tuning")]
        + [
            Key(
                "checkpoint", \.checkpoint, Kind.input.or("none", for: ""),
                "the model that writes them, in the Hugging Face layout"
            ).operational.unless("source") { $0.source == .checkpoint ? nil : "with rationale.source \($0.source)" }
        ]
        + Key.section("endpoint", \.endpoint).unless("source") {
            $0.source == .endpoint ? nil : "with rationale.source \($0.source)"
        }
        + [
            Key("temperature", \.temperature, .number(.from(0, to: 10)), "of the writing model"),
            Key("topP", \.topP, .number(.above(0, upTo: 1)), "nucleus mass; 1 keeps everything"),
            Key("maxNewTokens", \.maxNewTokens, .integer(1...100_000), "longest path, in the writing model's tokens"),
            Key("attempts", \.attempts, .integer(1...1000), "paths drawn for a prompt before the fallback"),
            Key(
                "leakWords", \.leakWords, .integer(1...100),
                "length of the runs of words in which a path is compared with the reference"),
            Key(
                "leakShare", \.leakShare, .number(.from(0, to: 1)),
                "largest share of the reference's runs a path may hold, those of profile and request not counted"),
            Key(
                "fallback", \.fallback, .choice,
                "what stands in where no path is accepted: the profile reader's, or none"),
        ].unless("source") { $0.source == .profile ? "with rationale.source profile" : nil }

    /// What is missing.
    func problem(_ name: String) -> (key: String, sentence: String)? {
        switch source {
        case .profile: return nil
        case .checkpoint:
            guard checkpoint.isEmpty else { return nil }
            return ("\(name).checkpoint", "\(name).source checkpoint needs \(name).checkpoint, a model's directory.")
        case .endpoint: return endpoint.problem("\(name).endpoint")
        }
    }
}

extension RunConfiguration.Endpoint: Section {
    static let keys: [Key<Self>] = [
        Key(
            "url", \.url,
            Kind.text("a URL such as http://127.0.0.1:8000/v1", problem: BaseURL.problem).or("none", for: ""),
            "the base URL of an OpenAI-compatible server"
        ).operational,
        Key(
            "model", \.model, Kind.text("a model's name") { _ in nil }.or("none", for: ""),
            "the model, as the server names it"),
        Key(
            "keyFile", \.keyFile, Kind.inputFile.or("none", for: ""),
            "a file on every node that holds the API key in its first line"
        ).operational,
        Key("timeoutSeconds", \.timeoutSeconds, .number(.from(0.1, to: 86_400)), "longest time one request takes")
            .operational,
        Key("concurrency", \.concurrency, .integer(1...256), "requests at the same time, per node").operational,
        Key("attempts", \.attempts, .integer(1...100), "times a request is made before its failure stands").operational,
        Key(
            "patienceSeconds", \.patienceSeconds, .number(.from(0, to: 86_400)),
            "longest wait the server may ask for (Retry-After)"
        ).operational,
        Key("inputPrice", \.inputPrice, .number(.atLeast(0)), "what a million tokens read cost, for the bill")
            .operational,
        Key("outputPrice", \.outputPrice, .number(.atLeast(0)), "what a million tokens written cost").operational,
    ]

    /// What is missing.
    func problem(_ name: String) -> (key: String, sentence: String)? {
        for (key, value) in [("url", url), ("model", model)] where value.isEmpty {
            return ("\(name).\(key)", "\(name).\(key) is not set: an endpoint needs its url and the model's name.")
        }
        return nil
    }
}
