/// Every key there is, in the order they are printed.
public enum Settings {
    private typealias Path<Value> = any WritableKeyPath<RunConfiguration, Value> & Sendable

    /// All settings.
    public static let all: [Setting] =
        run + data + personalization + recipe("fineTuning", \.fineTuning) + sampling + selection
        + recipe("training", \.training) + evaluation + cluster

    private static let run: [Setting] = [
        setting("run.name", field(\.run.name), "what the run is called", learned: false),
        path("run.directory", field(\.run.directory), "where the run is kept; runs/NAME when empty"),
        setting("run.seed", field(\.run.seed), "decides every random number of the run"),
        setting("mode", field(\.run.mode), "rest-pg, rest-em, sft-reasoning, sft or zeroshot"),
        setting("iterations", field(\.run.iterations), "EM iterations (T)", 0...1000),
        path("model.base", field(\.model.base), "the base checkpoint: a directory in the Hugging Face layout"),
    ]

    private static let data: [Setting] = [
        path("data.directory", field(\.data.directory), "where <task>_<split>.jsonl[.gz] lie, in LongLaMP's schema"),
        setting("data.tasks", field(\.data.tasks), "tasks to use; all that have files when empty"),
        setting(
            "data.train", field(\.data.train), "most training prompts, balanced over tasks; 0 for all", 0...Int.max),
        setting("data.validation", field(\.data.validation), "most validation prompts; 0 for all", 0...Int.max),
        setting("data.test", field(\.data.test), "most test prompts; 0 for all", 0...Int.max),
        setting(
            "data.shuffleProfiles", field(\.data.shuffleProfiles),
            "share of prompts that get another user's profile: a probe of personalisation", 0...1),
        setting(
            "data.emptyProfile", field(\.data.emptyProfile),
            "what to do with a row without profile: error, skip or allow"),
    ]

    private static let personalization: [Setting] = [
        setting("personalization.retriever", field(\.personalization.retriever), "bm25, recent, first, random or none"),
        setting(
            "personalization.documents", field(\.personalization.documents), "documents in the prompt (k)", 0...1000),
        setting("personalization.rationale", field(\.personalization.rationale), "source of reasoning paths: profile"),
        setting(
            "personalization.wording", field(\.personalization.wording), "words of the prompt: compact or standard"),
        setting(
            "personalization.maxPromptTokens", field(\.personalization.maxPromptTokens),
            "longest prompt; 0 for what the context leaves", 0...Int.max),
    ]

    private static let sampling: [Setting] = [
        setting(
            "sampling.samplesPerPrompt", field(\.sampling.samplesPerPrompt), "samples of each prompt (m)", 1...4096),
        setting("sampling.temperature", field(\.sampling.temperature), "of the E-step; 0 is greedy", 0...10),
        setting("sampling.topP", field(\.sampling.topP), "nucleus mass; 1 keeps everything", 0.001...1),
        setting("sampling.topK", field(\.sampling.topK), "most probable tokens kept; 0 keeps all", 0...1_000_000),
        setting("sampling.maxNewTokens", field(\.sampling.maxNewTokens), "longest trajectory in tokens", 1...1_000_000),
        setting(
            "sampling.promptsPerTask", field(\.sampling.promptsPerTask), "prompts in one task of the cluster", 1...4096),
    ]

    private static let selection: [Setting] = [
        setting(
            "reward", field(\.reward), "rougeL, rouge1, rouge2, meteor-stem, or a mix such as 0.5*rouge1+0.5*rougeL"),
        alternative(
            "selection.threshold.absolute", "keep rewards of at least this", 0...1, field(\.selection.threshold),
            wrap: { .absolute($0) }, unwrap: { if case .absolute(let value) = $0 { value } else { nil } }),
        alternative(
            "selection.threshold.quantile",
            "keep rewards above this quantile of the scope: 0.75 keeps the best quarter",
            0...1, field(\.selection.threshold), wrap: { .quantile($0) },
            unwrap: { if case .quantile(let value) = $0 { value } else { nil } }),
        alternative(
            "selection.threshold.marginOverFirst", "keep rewards this much above the mean of policy 0's samples",
            -1...1,
            field(\.selection.threshold), wrap: { .marginOverFirst($0) },
            unwrap: { if case .marginOverFirst(let value) = $0 { value } else { nil } }),
        setting(
            "selection.scope", field(\.selection.scope), "what a relative threshold is taken over: all, group or prompt"
        ),
        setting("selection.cap", field(\.selection.cap), "most trajectories kept of one prompt", 1...4096),
        setting(
            "selection.weighting", field(\.selection.weighting), "weight in the M-step: reward (R·log p) or filter (1)"),
    ]

    private static let evaluation: [Setting] = [
        setting("training.startsFrom", field(\.startsFrom), "where every M-step starts: base or previous"),
        setting("evaluation.splits", field(\.evaluation.splits), "splits every policy is evaluated on"),
        setting("evaluation.temperature", field(\.evaluation.temperature), "0 is greedy", 0...10),
        setting("evaluation.topP", field(\.evaluation.topP), "nucleus mass", 0.001...1),
        setting("evaluation.maxNewTokens", field(\.evaluation.maxNewTokens), "longest output in tokens", 1...1_000_000),
    ]

    private static let cluster: [Setting] = [
        setting("cluster.samplers", field(\.cluster.samplers), "sampler processes", 1...4096, learned: false),
        setting("cluster.scorers", field(\.cluster.scorers), "scorer processes", 1...4096, learned: false),
        setting(
            "cluster.slots", field(\.cluster.slots), "tasks a sampler runs at the same time", 1...1024, learned: false),
        setting(
            "cluster.learnerThreads", field(\.cluster.learnerThreads), "threads of the learner", 1...1024,
            learned: false),
        setting(
            "cluster.endpoint", field(\.cluster.endpoint), "where the coordinator listens; * is a free port",
            learned: false),
        setting(
            "cluster.leaseSeconds", field(\.cluster.leaseSeconds), "how long a lease lives unless renewed", 0.1...3600,
            learned: false),
        setting(
            "cluster.heartbeatSeconds", field(\.cluster.heartbeatSeconds), "between reports", 0.01...600, learned: false
        ),
        setting(
            "cluster.maxRestarts", field(\.cluster.maxRestarts), "restarts of a child in a window", 0...1_000_000,
            learned: false),
        setting(
            "cluster.restartWindowSeconds", field(\.cluster.restartWindowSeconds), "the window of the restart budget",
            0.1...1_000_000, learned: false),
    ]

    private static func recipe(_ section: String, _ base: Path<RunConfiguration.Recipe>) -> [Setting] {
        [
            setting("\(section).optimizer", field(base, \.optimizer), "adamw or adafactor"),
            setting("\(section).learningRate", field(base, \.learningRate), "peak learning rate", 0...10),
            setting("\(section).weightDecay", field(base, \.weightDecay), "decoupled weight decay", 0...10),
            setting("\(section).clip", field(base, \.clip), "largest gradient norm; 0 does not clip", 0...1e9),
            setting("\(section).warmupSteps", field(base, \.warmupSteps), "steps to the peak rate", 0...Int.max),
            setting("\(section).schedule", field(base, \.schedule), "linear, cosine or constant after warm-up"),
            alternative(
                "\(section).epochs", "passes over the examples (or give steps)", 1...100_000, field(base, \.length),
                wrap: { .epochs($0) }, unwrap: { if case .epochs(let value) = $0 { value } else { nil } }),
            alternative(
                "\(section).steps", "optimiser steps (or give epochs)", 1...Int.max, field(base, \.length),
                wrap: { .steps($0) }, unwrap: { if case .steps(let value) = $0 { value } else { nil } }),
            setting("\(section).batchSize", field(base, \.batchSize), "examples in a step", 1...1_000_000),
            setting(
                "\(section).maxTokensPerMicrobatch", field(base, \.maxTokensPerMicrobatch),
                "tokens computed at once: bounds memory", 1...100_000_000),
            setting(
                "\(section).gradientShards", field(base, \.gradientShards),
                "parts a step's gradient is summed from, in fixed order", 1...1024),
        ]
    }
}

// MARK: - How settings are made

/// Reads and writes one field of a configuration.
private struct Field<Value>: Sendable {
    let get: @Sendable (RunConfiguration) -> Value
    let set: @Sendable (inout RunConfiguration, Value) -> Void
}

extension Settings {
    private static func field<Value>(_ path: Path<Value>) -> Field<Value> {
        Field(get: { $0[keyPath: path] }, set: { $0[keyPath: path] = $1 })
    }

    private static func field<Whole, Value>(
        _ base: Path<Whole>, _ leaf: any WritableKeyPath<Whole, Value> & Sendable
    ) -> Field<Value> {
        Field(get: { $0[keyPath: base][keyPath: leaf] }, set: { $0[keyPath: base][keyPath: leaf] = $1 })
    }

    private static func setting<Value: SettingValue>(
        _ key: String, _ path: Field<Value>, _ meaning: String, learned: Bool = true
    ) -> Setting {
        Setting(
            key: key, meaning: meaning, isLearned: learned,
            read: { configuration, raw, _ throws(Setting.Problem) in path.set(&configuration, try .read(raw)) },
            print: { path.get($0).yaml })
    }

    private static func setting<Value: SettingValue & Comparable>(
        _ key: String, _ path: Field<Value>, _ meaning: String, _ range: ClosedRange<Value>, learned: Bool = true
    ) -> Setting where Value: Sendable {
        Setting(
            key: key, meaning: meaning, isLearned: learned,
            read: { configuration, raw, _ throws(Setting.Problem) in
                path.set(&configuration, try within(range, raw))
            },
            print: { path.get($0).yaml })
    }

    /// One of several keys that set the same field; the last one given holds.
    private static func alternative<Value: SettingValue & Comparable & Sendable, Whole>(
        _ key: String, _ meaning: String, _ range: ClosedRange<Value>, _ path: Field<Whole>,
        wrap: @escaping @Sendable (Value) -> Whole, unwrap: @escaping @Sendable (Whole) -> Value?
    ) -> Setting {
        Setting(
            key: key, meaning: meaning, isLearned: true,
            read: { configuration, raw, _ throws(Setting.Problem) in
                path.set(&configuration, wrap(try within(range, raw)))
            },
            print: { unwrap(path.get($0))?.yaml })
    }

    private static func path(_ key: String, _ path: Field<String>, _ meaning: String) -> Setting {
        Setting(
            key: key, meaning: meaning, isLearned: false,
            read: { configuration, raw, directory throws(Setting.Problem) in
                let text = try String.read(raw)
                let isRelative = !text.hasPrefix("/") && !text.isEmpty
                path.set(&configuration, isRelative && !directory.isEmpty ? "\(directory)/\(text)" : text)
            },
            print: { path.get($0).yaml })
    }

    private static func within<Value: SettingValue & Comparable>(
        _ range: ClosedRange<Value>, _ raw: LeafValue
    ) throws(Setting.Problem) -> Value {
        let value = try Value.read(raw)
        guard range.contains(value) else {
            throw Setting.Problem(
                text: "expects a value from \(range.lowerBound) to \(range.upperBound), not \(value.yaml)")
        }
        return value
    }
}
