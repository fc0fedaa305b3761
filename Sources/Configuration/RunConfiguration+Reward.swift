import Rewards

extension RunConfiguration {
    /// `reward`: what an answer is worth.
    public struct Reward: Sendable, Equatable {
        /// Where rewards come from.
        public enum Source: Sendable, Equatable {
            /// A metric or a weighted sum, in `RewardSpecification`'s form.
            case metric(String)
            /// A program, by its words as written: JSON Lines in and out.
            case command([String])
            /// Scorers of one's own that state this name.
            case external(String)
            /// A judging model: five anchored scores.
            case judge(Judge)
        }
        /// Where a judging model is.
        public enum Judge: String, Sendable, CaseIterable { case endpoint, checkpoint }
        /// What a judge's score is read from.
        public enum ScoreFrom: String, Sendable, CaseIterable { case probabilities, text }

        /// Where rewards come from.
        public var source = Source.metric("rougeL")
        /// WordNet's directory for METEOR; empty for what `WNHOME` names.
        public var wordNet = ""
        /// Where a command runs; empty for the current directory.
        public var directory = ""
        /// Longest time a command takes for one task's answers.
        public var timeoutSeconds = 60.0

        /// The server a judge is asked at.
        public var endpoint = Endpoint()
        /// The judging model's directory.
        public var checkpoint = ""
        /// What a judge's score is read from.
        public var scoreFrom = ScoreFrom.probabilities
        /// Times a judge is asked about one answer before it has no reward.
        public var attempts = 3

        /// A reward with all defaults.
        public init() {}

        /// A reward from that source.
        public init(_ source: Source) { self.source = source }

        /// What scorers and the coordinator call it; a judging checkpoint is named by its weights, where they are known.
        public var name: String {
            switch source {
            case .metric(let sum): sum
            case .command(let words): "command: " + words.joined(separator: " ")
            case .external(let name): name
            case .judge(.endpoint): "judge: \(endpoint.model)"
            case .judge(.checkpoint): "judge: checkpoint"
            }
        }

        /// Whether every scorer of this software computes it without being told how.
        public var isBuiltIn: Bool { if case .metric = source { true } else { false } }
    }
}

extension RunConfiguration.Reward: Section {
    static let keys: [Key<Self>] = sources + judging

    private static let sources: [Key<Self>] = [
        Key(
            "metric", insteadOf: ["mix", "command", "external", "judge"], \.source,
            part: { if case .metric(let sum) = $0 { sum } else { nil } }, whole: { .metric($0) }, .reward,
            "a measure against the reference (R); 'reward: rougeL' is short for it"),
        Key(
            "mix", insteadOf: ["metric", "command", "external", "judge"], \.source, part: { _ in nil },
            whole: { .metric($0) }, .mix, "the same with a weight for each metric, summed"),
        Key(
            "wordNet", \.wordNet, Kind.input.or("WNHOME", for: ""),
            "WordNet 3's dict directory; by default what the environment's WNHOME names"
        ).operational.unless("metric") {
            if case .metric(let sum) = $0.source, (try? RewardSpecification(sum))?.needsWordNet == true { return nil }
            return "without the metric meteor"
        },
        Key(
            "command", insteadOf: ["metric", "mix", "external", "judge"], \.source,
            part: { if case .command(let words) = $0 { words } else { nil } }, whole: { .command($0) }, .command,
            "a program that judges: JSON Lines in and out (see cluster/runs/README.md)"),
        Key(
            "directory", \.directory, Kind.input.or("current", for: ""), "where the command runs"
        ).operational.unless("command", noCommand),
        Key(
            "timeoutSeconds", \.timeoutSeconds, .number(.from(0.1, to: 86_400)),
            "longest time the command takes for the answers of one task"
        ).unless("command", noCommand),
        Key(
            "external", insteadOf: ["metric", "mix", "command", "judge"], \.source,
            part: { if case .external(let name) = $0 { name } else { nil } }, whole: { .external($0) },
            .rewardName, "scorers of your own compute it, and state this name when they join (see proto/README.md)"),
        Key(
            "judge", insteadOf: ["metric", "mix", "command", "external"], \.source,
            part: { if case .judge(let judge) = $0 { judge } else { nil } }, whole: { .judge($0) }, .choice,
            "a model gives one of the scores 1, 3, 5, 7 and 10, and the most probable one over ten is the reward"),
    ]

    private static let judging: [Key<Self>] =
        [
            Key(
                "checkpoint", \.checkpoint, Kind.input.or("none", for: ""),
                "the judging model on every scorer's machine, in the Hugging Face layout"
            ).operational.unless("judge") { $0.source == .judge(.checkpoint) ? nil : "without reward.judge checkpoint" }
        ]
        + (Key.section("endpoint", \.endpoint) + [
            Key(
                "scoreFrom", \.scoreFrom, .choice,
                "what the score is read from: the probabilities of the judge's tokens where it gives them, or its text alone"
            ),
            Key("attempts", \.attempts, .integer(1...100), "times the judge is asked before an answer has no reward"),
        ]).unless("judge") { $0.source == .judge(.endpoint) ? nil : "without reward.judge endpoint" }

    /// What is missing.
    func problem(_ name: String) -> (key: String, sentence: String)? {
        switch source {
        case .metric, .command, .external: return nil
        case .judge(.endpoint): return endpoint.problem("\(name).endpoint")
        case .judge(.checkpoint):
            guard checkpoint.isEmpty else { return nil }
            return ("\(name).checkpoint", "\(name).judge checkpoint needs \(name).checkpoint, a model's directory.")
        }
    }

    @Sendable private static func noCommand(_ reward: Self) -> String? {
        if case .command = reward.source { nil } else { "without reward.command" }
    }
}
