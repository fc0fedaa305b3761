// Every key there is, in the order it is printed. This is the only place that knows them: reading, errors, printing, the
// digest and the reference text follow from it. Defaults are the initial values of `RunConfiguration`.

import ZeroMQ

extension RunConfiguration: Section {
    static let keys: [Key<RunConfiguration>] =
        Key.section("run", \.run) + [
            Key("mode", \.run.mode, .choice, "what is learned, from the bare base model up to REST-PG")
                .instead(of: "modes"),
            Key(
                "modes", insteadOf: ["mode"], \.run.modes, part: { $0.isEmpty ? nil : $0 }, whole: { $0 },
                Kind<Mode>.choice.oneOrMore(), "modes to compare, one run each (reprise compare)"
            ).operational,
            Key("iterations", \.run.iterations, .integer(1...1000), "EM iterations (T)").unless("mode", noExpectation),
        ]
        + Key.section("data", \.data).unless("mode", onlyIn: ["data.train"]) {
            $0.run.mode.fineTunes ? nil : "in mode zeroshot, which trains nothing"
        }
        .unless("evaluation.splits", onlyIn: ["data.validation"]) { unevaluated($0, "validation") }
        .unless("evaluation.splits", onlyIn: ["data.test"]) { unevaluated($0, "test") }
        + Key.section("model", \.model)
        + Key.section("personalization", \.personalization)
        + Key.section("rationale", \.rationale).unless("mode") {
            $0.run.mode.reasons ? nil : "in mode \($0.run.mode.rawValue), which writes no reasoning paths"
        }
        + Key.section("fineTuning", \.fineTuning).unless("mode") {
            $0.run.mode.fineTunes ? nil : "in mode zeroshot, which trains nothing"
        }
        + Key.section("sampling", \.sampling).unless("mode", except: ["sampling.promptsPerTask"], noExpectation)
        + Key.section("reward", \.reward)
        + Key.section("selection", \.selection).unless("mode", noExpectation)
        + (Key.section("training", \.training) + [
            Key(
                "training.startsFrom", \.startsFrom, .choice,
                "where every M-step starts; the papers start from the base"),
            Key(
                "training.referenceWeight", \.referenceWeight, Kind.number(.from(0, to: 1000)).or("none", for: 0),
                "weight of the references in every M-step, beside what was kept; the papers leave them out"),
        ]).unless("mode", noExpectation)
        + Key.section("evaluation", \.evaluation).unless("mode", onlyIn: ["evaluation.patience"], noExpectation)
        + Key.section("engines", \.engines).unless(
            "mode", onlyIn: Set(LearnerEngine.keys.map { "engines.learner.\($0.path)" })
        ) { $0.run.mode.fineTunes ? nil : "in mode zeroshot, which trains nothing" }
        + Key.section("cluster", \.cluster).map(\.operational).unless(
            "reward.external", onlyIn: ["cluster.scorers"]
        ) { if case .external = $0.reward.source { "with reward.external" } else { nil } }

    /// The key that a single value stands for where a section is expected.
    static func shorthand(_ section: String) -> Key<RunConfiguration>? {
        section == "reward" ? key("reward.metric") : nil
    }

    /// The key of that path.
    static func key(_ path: String) -> Key<RunConfiguration>? { byPath[path] }

    private static let byPath = Dictionary(keys.map { ($0.path, $0) }, uniquingKeysWith: { first, _ in first })

    @Sendable private static func noExpectation(_ configuration: RunConfiguration) -> String? {
        let mode = configuration.run.mode
        return mode.iterates ? nil : "in mode \(mode.rawValue), which has no E-step"
    }

    private static func unevaluated(_ configuration: RunConfiguration, _ split: String) -> String? {
        configuration.evaluation.splits.contains(split) ? nil : "while evaluation.splits does not hold \(split)"
    }
}

extension RunConfiguration.Run: Section {
    static let keys: [Key<Self>] = [
        Key(
            "name", \.name, .text("a word of letters, digits, '.', '_' and '-'", problem: nameProblem),
            "what the run is called"
        ).operational,
        Key("directory", \.directory, Kind.output.or("default", for: ""), "where the run is kept; by default runs/NAME")
            .operational,
        Key("seed", \.seed, .seed, "decides every random number that is learned from").instead(of: "seeds"),
        Key(
            "seeds", insteadOf: ["seed"], \.seeds, part: { $0.isEmpty ? nil : $0 }, whole: { $0 },
            Kind.seed.oneOrMore(), "seeds to compare, one run of every mode each (reprise compare)"
        ).operational,
    ]

    @Sendable private static func nameProblem(_ name: String) -> String? {
        let isFine = name.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
                true
            default: false
            }
        }
        if name.hasPrefix(".") { return "a name does not begin with a dot" }
        return isFine ? nil : "it is the name of a folder"
    }
}

extension RunConfiguration.DataSection: Section {
    private static let limit = Kind.integer(1...Int.max).or("all", for: 0)

    static let keys: [Key<Self>] = [
        Key("directory", \.directory, .input, "where <task>_<split>.jsonl or .jsonl.gz lie, in LongLaMP's schema")
            .operational.required,
        Key("tasks", \.tasks, Kind.dataTask.list(none: "all"), "tasks to use; by default those that have files"),
        Key("train", \.train, limit, "most training prompts, balanced over the tasks"),
        Key("validation", \.validation, limit, "most validation prompts, balanced over the tasks"),
        Key("test", \.test, limit, "most test prompts, balanced over the tasks"),
        Key(
            "shuffleProfiles", \.shuffleProfiles, .number(.from(0, to: 1)),
            "share of prompts that get another user's profile: shows whether profiles help at all"),
        Key("emptyProfile", \.emptyProfile, .choice, "what to do with a row without profile"),
        Key("longInput", \.longInput, .choice, "what to do with a request that is longer than a prompt may be"),
    ]
}

extension RunConfiguration.Model: Section {
    static let keys: [Key<Self>] = [
        Key("base", \.base, .input, "the base checkpoint, in the Hugging Face layout").operational.required
    ]
}

extension RunConfiguration.Personalization: Section {
    static let keys: [Key<Self>] =
        [
            Key("retriever", \.retriever, .choice, "how documents are chosen from the profile"),
            Key("documents", \.documents, .integer(1...1000), "documents in the prompt (k)").unless("retriever") {
                $0.retriever == .none ? "with retriever none" : nil
            },
            Key("wording", \.wording, .wording, "the words around the content of a prompt"),
            Key(
                "maxPromptTokens", \.maxPromptTokens, Kind.integer(1...Int.max).or("context", for: 0),
                "longest prompt; by default what the model's context leaves after maxNewTokens"),
        ]
        + Key.section("bm25", \.bm25).unless("retriever") { only(.bm25, $0) }
        + Key.section("dense", \.dense).unless("retriever") { only(.dense, $0) }

    private static func only(_ retriever: RunConfiguration.Retriever, _ section: Self) -> String? {
        section.retriever == retriever ? nil : "with retriever \(section.retriever.rawValue)"
    }
}

extension RunConfiguration.BM25: Section {
    static let keys: [Key<Self>] = [
        Key("k1", \.k1, .number(.from(0, to: 100)), "how fast repeats of a word saturate"),
        Key("b", \.b, .number(.from(0, to: 1)), "how much long documents are held back"),
        Key(
            "epsilon", \.epsilon, .number(.from(0, to: 10)),
            "share of the mean idf that words in more than half of the documents get"),
    ]
}

extension RunConfiguration.Dense: Section {
    static let keys: [Key<Self>] = [
        Key("model", \.model, .input, "the encoder, of the BERT type, in the Hugging Face layout").operational.required,
        Key("similarity", \.similarity, .choice, "how vectors are compared: dot for Contriever, cosine for MiniLM"),
        Key(
            "maxTokens", \.maxTokens, Kind.integer(1...1_048_576).or("model", for: 0),
            "longest query or document; by default what the encoder says"),
    ]
}

extension RunConfiguration.Recipe: Section {
    static let keys: [Key<Self>] = [
        Key("optimizer", \.optimizer, .choice, "the update rule"),
        Key("learningRate", \.learningRate, .number(.above(0, upTo: 10)), "peak learning rate"),
        Key("weightDecay", \.weightDecay, .number(.from(0, to: 10)), "decoupled weight decay"),
        Key("clip", \.clip, Kind.number(.above(0)).or("none", for: 0), "largest norm of the gradient"),
        Key("warmupSteps", \.warmupSteps, .integer(0...Int.max), "steps until the peak rate"),
        Key("schedule", \.schedule, .choice, "the learning rate after the warm-up"),
        Key(
            "epochs", insteadOf: ["steps"], \.length,
            part: { if case .epochs(let count) = $0 { count } else { nil } }, whole: { .epochs($0) },
            .integer(1...100_000), "passes over the examples"),
        Key(
            "steps", insteadOf: ["epochs"], \.length,
            part: { if case .steps(let count) = $0 { count } else { nil } }, whole: { .steps($0) },
            .integer(1...100_000_000), "optimiser steps, over as many passes as they need"),
        Key("batchSize", \.batchSize, .integer(1...65_536), "examples in a step"),
        Key(
            "maxTokensPerMicrobatch", \.maxTokensPerMicrobatch, .integer(1...1_048_576),
            "tokens computed at once: bounds the memory"),
        Key(
            "gradientShards", \.gradientShards, .integer(1...64),
            "parts a step's gradient is summed from, in fixed order; more threads than these are idle"),
    ]
}

extension RunConfiguration.Sampling: Section {
    static let keys: [Key<Self>] = [
        Key("samplesPerPrompt", \.samplesPerPrompt, .integer(1...4096), "trajectories drawn of each prompt (m)"),
        Key("temperature", \.temperature, .perIteration(temperatures), "of the E-step; a list goes by E-step"),
        Key("topP", \.topP, .number(.above(0, upTo: 1)), "nucleus mass; 1 keeps everything"),
        Key("topK", \.topK, Kind.integer(1...1_000_000).or("all", for: 0), "most probable tokens that are kept"),
        Key("maxNewTokens", \.maxNewTokens, .integer(1...1_000_000), "longest trajectory"),
        Key(
            "every", \.every, .integer(1...1000),
            "iterations that learn from one E-step, drawn in the first of them (ReST's improve steps)"),
        Key("promptsPerTask", \.promptsPerTask, .integer(1...4096), "prompts in one task of the cluster"),
    ]

    /// What temperatures of the E-step may be.
    static let temperatures = Bounds.above(0, upTo: 10)
}

extension RunConfiguration.Selection: Section {
    static let keys: [Key<Self>] =
        [Key("keep", \.keep, .choice, "of each prompt all that passes the threshold, or its best alone (RAFT)")]
        + [
            Key("threshold", \.threshold, .threshold, "the least reward that is kept (τ); a list goes by iteration"),
            Key("scope", \.scope, .choice, "what a relative threshold is taken over; a group is a task of the data")
                .unless("threshold") { if case .absolute = $0.threshold { "with an absolute threshold" } else { nil } },
            Key("cap", \.cap, .integer(1...4096), "most trajectories kept of one prompt"),
        ].unless("keep") { $0.keep == .best ? "with keep best, which takes one of each prompt" : nil }
        + [
            Key(
                "weighting", \.weighting, .choice,
                "weight in the M-step: the reward, 1 for all that is kept, or exp((R - best R) / beta)"),
            Key("beta", \.beta, .number(.above(0, upTo: 1e6)), "temperature of exponential weights (RWR)").unless(
                "weighting"
            ) { $0.weighting == .exponential ? nil : "with weighting \($0.weighting.rawValue)" },
        ]
}

extension RunConfiguration.Evaluation: Section {
    static let keys: [Key<Self>] =
        [
            Key(
                "splits", \.splits, Kind.word(among: ["validation", "test"]).list(none: "none"),
                "what every policy is evaluated on")
        ]
        + [
            Key(
                "decodings", \.decodings, Kind.decoding.oneOrMore(),
                "how outputs are drawn, each way by itself; the first decides which policy is best"),
            Key("maxNewTokens", \.maxNewTokens, .integer(1...1_000_000), "longest output"),
        ].unless("splits") { $0.splits.isEmpty ? "while evaluation.splits is empty" : nil }
        + [
            Key(
                "patience", \.patience, Kind.integer(1...1000).or("none", for: 0),
                "iterations without a better validation reward after which the run ends"
            ).unless("splits") {
                $0.splits.contains("validation") ? nil : "while evaluation.splits does not hold validation"
            }
        ]
}

extension RunConfiguration.Cluster: Section {
    static let keys: [Key<Self>] = [
        Key("samplers", \.samplers, .integer(1...4096), "sampler processes on this machine"),
        Key("scorers", \.scorers, .integer(1...4096), "scorer processes on this machine"),
        Key("slots", \.slots, .integer(1...1024), "tasks a sampler runs at the same time, on a thread each"),
        Key("learnerThreads", \.learnerThreads, .integer(1...64), "threads of the learner"),
        Key(
            "endpoint", \.endpoint,
            .text("an address such as tcp://127.0.0.1:*") {
                TCPEndpoint($0) == nil ? "it is tcp://HOST:PORT, where * is a free port" : nil
            },
            "where the coordinator listens; * is a free port"),
        Key("leaseSeconds", \.leaseSeconds, .number(.from(0.1, to: 3600)), "how long a lease lives unless reported"),
        Key("heartbeatSeconds", \.heartbeatSeconds, .number(.from(0.01, to: 600)), "between two reports of a node"),
        Key(
            "silenceExitSeconds", \.silenceExitSeconds, .number(.from(0.1, to: 86400)),
            "a node that hears nothing of its coordinator for so long exits"),
        Key(
            "quarantineAfter", \.quarantineAfter, .integer(1...1000),
            "attempts a task may cost its node before the run stops for a person"),
        Key(
            "checkpointSeconds", \.checkpointSeconds, Kind.number(.above(0, upTo: 86400)).or("none", for: 0),
            "between two saves of the learner's optimiser"),
        Key(
            "maxRestarts", \.maxRestarts, .integer(0...1_000_000),
            "times a process that died is started again in a window"),
        Key("restartWindowSeconds", \.restartWindowSeconds, .number(.from(0.1, to: 1e6)), "the window of maxRestarts"),
    ]
}
