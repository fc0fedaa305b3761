import JSONLines

extension RunConfiguration {
    /// `engines`: programs outside that draw and train, where models outgrow this machine's processors.
    public struct Engines: Sendable, Equatable {
        /// What samplers draw with.
        public var sampler = SamplerEngine()
        /// What the learner trains with.
        public var learner = LearnerEngine()

        /// How far the work of a program outside can be repeated, as far as whoever runs it knows.
        public enum Determinism: String, Sendable, CaseIterable {
            /// Asked again it may answer otherwise: what it answered is recorded and never made again.
            case recordedOnly = "recorded-only"
            /// Asked again it gives the same bits: a result that differs stops the run.
            case bitExact = "bit-exact"
        }

        /// All defaults.
        public init() {}
    }

    /// `engines.sampler`: an OpenAI-compatible completion server, or this software.
    public struct SamplerEngine: Sendable, Equatable {
        /// What draws: this software, or a server whose routes and parameters are known by that name, or another server.
        public enum Program: String, Sendable, CaseIterable {
            case reprise, sglang, vllm
            case llamaCpp = "llama.cpp"
            case server
        }
        /// How prompts travel.
        public enum Prompts: String, Sendable, CaseIterable { case tokens, text }
        /// What a server is given of a policy.
        public enum Form: String, Sendable, CaseIterable { case checkpoint, adapter }

        /// What draws.
        public var kind = Program.reprise
        /// Where the server is; its model's name may hold placeholders.
        public var endpoint = Endpoint()
        /// How prompts travel: as the model's tokens, or as text for the server's tokenizer.
        public var prompts = Prompts.tokens
        /// Samples asked for at once; 0 for all of a prompt.
        public var samplesPerRequest = 0
        /// Whether log-probabilities are asked for.
        public var logProbabilities = true
        /// Where policies are written, which server and samplers share.
        public var directory = ""
        /// What is written there: whole checkpoints, or LoRA adapters over the base, where the learner trains such.
        public var writes = Form.checkpoint
        /// Policies kept there.
        public var keep = 2
        /// The route that loads a policy.
        public var reload = Reload()
        /// A program that makes the server hold a policy.
        public var reloadCommand: [String] = []
        /// Longest time until the server holds a new policy.
        public var reloadSeconds = 600.0
        /// How it is seen which policy the server holds.
        public var check = Check()
        /// How far its answers can be repeated.
        public var determinism = Engines.Determinism.recordedOnly

        /// All defaults.
        public init() {}

        /// What nodes and coordinator call it; nil for this software.
        public var name: String? { kind == .reprise ? nil : "\(kind.rawValue): \(endpoint.model)" }
    }

    /// `engines.learner`: a program that trains, or this software.
    public struct LearnerEngine: Sendable, Equatable {
        /// What trains.
        public enum Program: String, Sendable, CaseIterable { case reprise, command }

        /// What trains.
        public var kind = Program.reprise
        /// The program and its arguments.
        public var command: [String] = []
        /// Where it runs; empty for the current directory.
        public var directory = ""
        /// Longest time one training takes.
        public var timeoutSeconds = 86_400.0
        /// How far its results can be repeated.
        public var determinism = Engines.Determinism.recordedOnly

        /// All defaults.
        public init() {}

        /// What nodes and coordinator call it; nil for this software.
        public var name: String? { kind == .reprise ? nil : "command: \(command.joined(separator: " "))" }
    }
}

// Routes by name. What is not given is what the server's own documentation names:
//
// - SGLang, "SGLang for RL Systems" and "Native APIs" (docs.sglang.io): POST /update_weights_from_disk takes a directory and a
//   version, which GET /get_model_info shows.
//   An adapter: "LoRA Serving", POST /load_lora_adapter; GET /v1/models lists those that are loaded.
// - vLLM, "Sleep Mode" and "OpenAI-Compatible Server" (docs.vllm.ai): weights are reloaded only from the path the server was
//   started with, and no route tells them apart; GET /v1/models shows the name it serves, so it is started again under
//   another. An adapter: "LoRA Adapters", POST /v1/load_lora_adapter; GET /v1/models lists those that are loaded.
// - llama.cpp, tools/server/README.md: holds the file it was started with, and GET /v1/models shows its alias.
extension RunConfiguration.SamplerEngine {
    /// `reload`: the route that loads a checkpoint; empty parts are the preset's.
    public struct Reload: Sendable, Equatable {
        /// The method.
        public var method = Method.post
        /// From the server's root.
        public var path = ""
        /// JSON whose texts may hold placeholders.
        public var body = ""
    }

    /// `check`: the route that shows what the server holds; empty parts are the preset's.
    public struct Check: Sendable, Equatable {
        /// From the server's root.
        public var path = ""
        /// Where in the response the policy's name stands, dotted; empty for anywhere in it.
        public var member = ""
        /// The policy's name, with placeholders.
        public var value = "{policy}"
    }

    /// The methods of a route that changes something.
    public enum Method: String, Sendable, CaseIterable { case post = "POST", put = "PUT", get = "GET" }

    /// The route in use; nil where a program loads checkpoints.
    public var reloadRoute: Reload? {
        guard reloadCommand.isEmpty else { return nil }
        guard reload.path.isEmpty else { return reload }
        var route = Reload()
        switch (kind, writes) {
        case (.sglang, .checkpoint):
            route.path = "/update_weights_from_disk"
            route.body = #"{"model_path": "{directory}", "weight_version": "{policy}"}"#
        case (.sglang, .adapter), (.vllm, .adapter):
            route.path = kind == .vllm ? "/v1/load_lora_adapter" : "/load_lora_adapter"
            route.body = #"{"lora_name": "{policy}", "lora_path": "{directory}"}"#
        case (.vllm, .checkpoint), (.llamaCpp, _), (.server, _), (.reprise, _): return nil
        }
        return route
    }

    /// The check in use; nil where none is known.
    public var checkRoute: Check? {
        guard check.path.isEmpty else { return check }
        var route = check
        switch (kind, writes) {
        // Adapters stand beside each other, behind the base.
        case (.sglang, .adapter), (.vllm, .adapter): route.path = "/v1/models"
        case (.sglang, .checkpoint): (route.path, route.member) = ("/get_model_info", "weight_version")
        case (.vllm, .checkpoint), (.llamaCpp, _): (route.path, route.member) = ("/v1/models", "data.0.id")
        case (.reprise, _), (.server, _): return nil
        }
        return route
    }
}

extension RunConfiguration.Engines: Section {
    static let keys: [Key<Self>] = Key.section("sampler", \.sampler) + Key.section("learner", \.learner)

    /// What is missing.
    func problem(_ name: String) -> (key: String, sentence: String)? {
        if let problem = sampler.problem("\(name).sampler") ?? learner.problem("\(name).learner") { return problem }
        guard sampler.kind != .reprise, sampler.writes == .adapter, learner.kind == .reprise else { return nil }
        return (
            "\(name).sampler.writes",
            """
            \(name).sampler.writes adapter needs a learner that trains adapters, which this software does not: give \
            \(name).learner, as in {kind: command, command: [python3, cluster/python/learner_trl.py, --lora-rank, 16]}.
            """
        )
    }
}

extension RunConfiguration.SamplerEngine: Section {
    // The word itself is not what is learned from: the keys that it gives a meaning are.
    static let keys: [Key<Self>] =
        [Key("kind", \.kind, .choice, "what draws trajectories: this software, or a completion server").operational]
        + (Key.section("endpoint", \.endpoint) + drawing + policies + Key.section("reload", \.reload)
        + Key.section("check", \.check) + [
            Key(
                "determinism", \.determinism, .choice,
                "whether the server, asked again, gives the same bits; it then has to")
        ]).unless("kind") { $0.kind == .reprise ? "with engines.sampler.kind reprise" : nil }

    private static let drawing: [Key<Self>] = [
        Key("prompts", \.prompts, .choice, "how prompts are sent: as the model's tokens, or as text"),
        Key(
            "samplesPerRequest", \.samplesPerRequest, Kind.integer(1...4096).or("all", for: 0),
            "samples of a prompt asked for at once (n); 1 where a server knows no n or gives equal answers"),
        Key(
            "logProbabilities", \.logProbabilities, .flag, "whether log-probabilities are asked for, to be shown"
        ).operational,
    ]

    private static let policies: [Key<Self>] = [
        Key(
            "directory", \.directory, Kind.output.or("none", for: ""),
            "where a directory for each policy is written; server and samplers share it, and nobody else"
        ).operational,
        Key(
            "writes", \.writes, .choice,
            "what is written of a policy: a whole checkpoint, or a LoRA adapter over the base"
        ).operational,
        Key("keep", \.keep, .integer(1...1000), "policies kept there").operational,
        Key(
            "reloadCommand", \.reloadCommand, Kind.command.or("none", for: []),
            "a program that makes the server hold a policy, in place of a route; {directory} is the policy's"
        ).operational,
        Key(
            "reloadSeconds", \.reloadSeconds, .number(.from(0.1, to: 86_400)),
            "longest time until the server holds a new policy"
        ).operational,
    ]

    /// What is missing.
    func problem(_ name: String) -> (key: String, sentence: String)? {
        guard kind != .reprise else { return nil }
        if let problem = endpoint.problem("\(name).endpoint") { return problem }
        if directory.isEmpty {
            return (
                "\(name).directory",
                "\(name).directory is not set: the server reads policies there, and samplers write them."
            )
        }
        if !reload.path.isEmpty, !reloadCommand.isEmpty {
            return (
                "\(name).reloadCommand", "\(name).reload.path and \(name).reloadCommand exclude each other: keep one."
            )
        }
        if writes == .adapter, !endpoint.model.contains("{policy}"), reload.path.isEmpty,
            reloadCommand.isEmpty
        {
            return (
                "\(name).endpoint.model",
                """
                \(name).endpoint.model '\(endpoint.model)' names no adapter: with \(name).writes adapter it holds {policy}, as \
                in \(kind == .sglang ? "'\(endpoint.model):{policy}'" : "'{policy}'").
                """
            )
        }
        if reloadRoute == nil, reloadCommand.isEmpty {
            return (
                "\(name).reloadCommand",
                """
                \(name).kind \(kind.rawValue) has no route that loads a policy: give \(name).reloadCommand, a program that does, \
                or \(name).reload.path.
                """
            )
        }
        if checkRoute == nil {
            return (
                "\(name).check.path",
                "\(name).kind \(kind.rawValue) needs \(name).check.path, the route that shows which policy is held."
            )
        }
        return nil
    }
}

extension RunConfiguration.SamplerEngine.Reload: Section {
    static let keys: [Key<Self>] = [
        Key("method", \.method, .choice, "of the request").operational,
        Key("path", \.path, Kind.route.or("preset", for: ""), "the route that loads a policy").operational,
        Key(
            "body", \.body, Kind.jsonText.or("preset", for: ""),
            "JSON whose texts may hold {policy}, {version}, {weights} and {directory}"
        ).operational,
    ]
}

extension RunConfiguration.SamplerEngine.Check: Section {
    static let keys: [Key<Self>] = [
        Key("path", \.path, Kind.route.or("preset", for: ""), "the route that shows which policy is held").operational,
        Key(
            "member", \.member, Kind.text("a path such as data.0.id") { _ in nil }.or("preset", for: ""),
            "where in the response the policy stands; anywhere in it for a route of your own without this"
        ).operational,
        Key("value", \.value, Kind.text("text with {policy}") { _ in nil }, "what stands there").operational,
    ]
}

extension RunConfiguration.LearnerEngine: Section {
    static let keys: [Key<Self>] =
        [Key("kind", \.kind, .choice, "what trains: this software, or a program").operational]
        + [
            Key(
                "command", \.command, Kind.command.or("none", for: []),
                "a program that trains: the training's directory and that of the result are its last arguments"),
            Key("directory", \.directory, Kind.input.or("current", for: ""), "where the command runs").operational,
            Key(
                "timeoutSeconds", \.timeoutSeconds, .number(.from(0.1, to: 31_536_000)),
                "longest time the command takes for one training"
            ).operational,
            Key(
                "determinism", \.determinism, .choice,
                "whether the command, run again, gives the same bits; it then has to"),
        ].unless("kind") { $0.kind == .reprise ? "with engines.learner.kind reprise" : nil }

    /// What is missing.
    func problem(_ name: String) -> (key: String, sentence: String)? {
        guard kind == .command, command.isEmpty else { return nil }
        return ("\(name).command", "\(name).kind command needs \(name).command, a program and its arguments.")
    }
}

extension Kind where Value == String {
    /// A path from a server's root.
    fileprivate static let route = text("a route such as /get_model_info") { path in
        guard path.hasPrefix("/") else { return "it begins with /, at the root of the server" }
        return path.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F } ? nil : "it holds white space or letters beyond ASCII"
    }

    /// JSON as text.
    fileprivate static let jsonText = text("JSON") { text in
        (try? JSON.parse(text)) == nil ? "it is not JSON" : nil
    }
}
