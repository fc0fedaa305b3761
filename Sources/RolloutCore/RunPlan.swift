public import Digests

/// Everything the coordinator needs to know about a run, fixed at its start. Equal plans learn equal weights.
public struct RunPlan: Sendable, Equatable {
    /// Digest of the resolved configuration (its part that decides what is learned) and of the data.
    public var run: Digest
    /// The key of every random number that is learned from.
    public var seed: UInt64
    /// EM iterations (T). 0 ends after the evaluation of policy 0.
    public var iterations: UInt32
    /// Whether policy 0 is trained on the references, or is the base itself.
    public var fineTunesFirst: Bool
    /// Where the M-step starts: the base checkpoint (REST-PG, ReST-EM) or the previous policy.
    public var startsFromPrevious: Bool
    /// Digest of the base's weights.
    public var base: Digest
    /// The group of each prompt (a task of the data, such as `topic_writing`), by split, in prompt order.
    public var groups: [Split: [String]]
    /// Prompts in one sample task; the last may have fewer. Part of the plan, never of the cluster.
    public var promptsPerTask: UInt32
    /// m, in the E-step.
    public var samplesPerPrompt: UInt32
    /// Iterations that learn from one E-step, drawn in the first of them (ReST's improve steps after one grow step).
    public var iterationsPerSampling: UInt32
    /// Evaluated splits, by policy: validation and test of every policy, when not empty.
    public var evaluates: [Split]
    /// Samples of each prompt in an evaluation, by decoding. The first decoding decides which policy is best.
    public var evaluationSamples: [UInt32]
    /// Iterations without a better validation reward after which the run ends early; `nil` never ends it early.
    public var patience: UInt32?
    /// Which trajectories an E-step keeps.
    public var selection: SelectionRule
    /// What scorers compute.
    public var reward = RewardIdentity()
    /// Whether tasks write the reasoning paths of the supervised fine-tuning; otherwise they are known at the start.
    public var writesRationales: Bool
    /// Kinds of task that ask a program outside the cluster: their results are recorded, and asking again may give others.
    public var recordedOnly: Set<TaskKind>
    /// Roles whose work a program outside does, and which; the other roles compute with this software.
    public var engines: [Role: EngineIdentity] = [:]

    /// Creates the value from its parts.
    public init(
        run: Digest, seed: UInt64, iterations: UInt32, fineTunesFirst: Bool, startsFromPrevious: Bool, base: Digest,
        groups: [Split: [String]], promptsPerTask: UInt32, samplesPerPrompt: UInt32, evaluates: [Split],
        selection: SelectionRule, iterationsPerSampling: UInt32 = 1, evaluationSamples: [UInt32] = [1],
        patience: UInt32? = nil, writesRationales: Bool = false, recordedOnly: Set<TaskKind> = []
    ) {
        self.run = run
        self.seed = seed
        self.iterations = iterations
        self.fineTunesFirst = fineTunesFirst
        self.startsFromPrevious = startsFromPrevious
        self.base = base
        self.groups = groups
        self.promptsPerTask = promptsPerTask
        self.samplesPerPrompt = samplesPerPrompt
        self.evaluates = evaluates
        self.selection = selection
        self.iterationsPerSampling = iterationsPerSampling
        self.evaluationSamples = evaluationSamples
        self.patience = patience
        self.writesRationales = writesRationales
        self.recordedOnly = recordedOnly
    }

    /// The iteration whose E-step drew the trajectories that `iteration` selects from: itself, or an earlier one.
    public func sampling(for iteration: UInt32) -> UInt32 {
        guard iteration > 0 else { return 0 }
        return iteration - (iteration - 1) % max(1, iterationsPerSampling)
    }
}

extension RunPlan {
    /// How far the run can be repeated: `bit-exact` when another run of it learns the same bits; `recorded-only`, with the
    /// kinds of task in question, when answers of programs outside are part of it. Those are journalled like all results, so
    /// that a resumed run goes on from them, and its digest stands.
    public var determinism: String {
        recordedOnly.isEmpty
            ? "bit-exact" : "recorded-only (\(recordedOnly.sorted().map { "\($0)" }.joined(separator: ", ")))"
    }
}

/// What scorers compute, as the coordinator knows it: by name.
public struct RewardIdentity: Sendable, Equatable {
    /// As the configuration spells it.
    public var name: String
    /// Whether every scorer of this software computes it without being told how.
    public var isBuiltIn: Bool

    /// Names a reward.
    public init(name: String = "rougeL", isBuiltIn: Bool = true) {
        self.name = name
        self.isBuiltIn = isBuiltIn
    }
}

/// What does the work of a role in place of this software, as the coordinator knows it: by name.
public struct EngineIdentity: Sendable, Equatable {
    /// As nodes of the role state it when they join.
    public var name: String
    /// Whether such a node computes something itself all the same, so that its arithmetic has to be the run's.
    public var computes: Bool

    /// Names an engine.
    public init(name: String, computes: Bool = false) {
        self.name = name
        self.computes = computes
    }
}

/// Which trajectories of an E-step are kept: reward ≥ τ, exact duplicates removed, at most `cap` a prompt, highest
/// reward first, ties by lowest sample index (REST-PG, section 3; ReST-EM's cap of 10).
public struct SelectionRule: Sendable, Equatable {
    /// How τ is found.
    public enum Threshold: Sendable, Equatable {
        /// τ itself.
        case absolute(Double)
        /// τ is this quantile of the scored rewards of the scope: 0.75 keeps the best quarter.
        case quantile(Double)
        /// τ is the mean reward of policy 0's E-step (the first iteration's samples) in the scope, plus this.
        case marginOverFirst(Double)
        /// No τ: the cap alone selects (RAFT, with a cap of 1).
        case everything
    }
    /// Over which trajectories a relative τ is taken.
    public enum Scope: String, Sendable, CaseIterable {
        case all
        /// Each group (task of the data) has its own τ.
        case group
        /// Each prompt has its own τ.
        case prompt
    }
    /// How τ is found; in the first iteration, when later ones differ.
    public var threshold: Threshold
    /// How τ is found in the iterations after the first; the last goes on (ReST's rising thresholds).
    public var laterThresholds: [Threshold]
    /// Over which trajectories a relative τ is taken.
    public var scope: Scope
    /// Most kept of one prompt.
    public var cap: UInt32

    /// Creates the value from its parts.
    public init(threshold: Threshold, scope: Scope, cap: UInt32, laterThresholds: [Threshold] = []) {
        self.threshold = threshold
        self.laterThresholds = laterThresholds
        self.scope = scope
        self.cap = cap
    }

    /// The rule of one iteration, without later thresholds.
    public func rule(for iteration: UInt32) -> SelectionRule {
        let index = min(Int(max(1, iteration)) - 1, laterThresholds.count)
        return SelectionRule(
            threshold: index == 0 ? threshold : laterThresholds[index - 1], scope: scope, cap: cap)
    }
}
