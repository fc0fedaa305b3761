public import Digests

/// What the coordinator records. The journal is the run: replaying it gives the coordinator's state again.
///
/// `termStarted`, `sealed`, `rationalesSealed`, `policyCommitted` and `finished` are durable before anything that depends
/// on them is sent; `accepted` may be group-committed, since losing one costs time and no truth (a task is a pure
/// function).
public enum Record: Sendable, Equatable {
    case termStarted(Term)
    case accepted(AcceptedResult)
    /// The same deterministic failure from two nodes: the task's outputs are recorded as absent.
    case nullResult(TaskID, explanation: String)
    case sealed(SealedIteration)
    /// Every reasoning path for the fine-tuning is there.
    case rationalesSealed(SealedRationales)
    /// The training set of an iteration is on disk under its digest.
    case trainingSetStored(iteration: UInt32, BlobManifest)
    case policyCommitted(PolicyManifest)
    case finished(Outcome)
}

/// A result the coordinator took, once per task.
public struct AcceptedResult: Sendable, Equatable {
    /// Which attempt of which task.
    public var attempt: Attempt
    /// The node that computed it.
    public var node: String
    /// Digest of the task's input.
    public var inputDigest: Digest
    /// Digest of the output.
    public var resultDigest: Digest
    /// What the task produced.
    public var output: TaskOutput
    /// Time the node spent, for statistics.
    public var computeTime: Duration

    /// Creates the value from its parts.
    public init(
        attempt: Attempt, node: String, inputDigest: Digest, resultDigest: Digest, output: TaskOutput,
        computeTime: Duration
    ) {
        self.attempt = attempt
        self.node = node
        self.inputDigest = inputDigest
        self.resultDigest = resultDigest
        self.output = output
        self.computeTime = computeTime
    }
}

/// What an E-step kept, fixed for good.
public struct SealedIteration: Sendable, Equatable {
    /// One trajectory of the training set.
    public struct Kept: Sendable, Equatable {
        /// Which trajectory.
        public var id: TrajectoryID
        /// Its reward.
        public var reward: Double
        /// Creates the value from its parts.
        public init(id: TrajectoryID, reward: Double) {
            self.id = id
            self.reward = reward
        }
    }
    /// The iteration whose E-step this is.
    public var iteration: UInt32
    /// Digest over every task's result digest of the E-step, in task order.
    public var root: Digest
    /// The thresholds applied, by group name (`all`, or a task of the data).
    public var thresholds: [Threshold]
    /// In (prompt, sample) order.
    public var kept: [Kept]
    /// Where every trajectory went.
    public var counts: SelectionCounts

    /// Creates the value from its parts.
    public init(
        iteration: UInt32, root: Digest, thresholds: [Threshold], kept: [Kept], counts: SelectionCounts
    ) {
        self.iteration = iteration
        self.root = root
        self.thresholds = thresholds
        self.kept = kept
        self.counts = counts
    }

    /// τ as it was applied to one group.
    public struct Threshold: Sendable, Equatable {
        /// The group's name; `all` for the whole E-step; `prompt N` for the prompt of that index.
        public var group: String
        /// τ: the least reward that is kept.
        public var value: Double
        /// Creates the value from its parts.
        public init(group: String, value: Double) {
            self.group = group
            self.value = value
        }
    }
}

/// Where the trajectories of an E-step went; the parts sum to `sampled`.
public struct SelectionCounts: Sendable, Equatable {
    /// All trajectories the plan asks for.
    public var sampled: UInt32 = 0
    /// In the training set.
    public var kept: UInt32 = 0
    /// Reward below τ.
    public var belowThreshold: UInt32 = 0
    /// No answer in the text.
    public var malformed: UInt32 = 0
    /// No reward: its sample or score task, or the reward itself, failed.
    public var unscored: UInt32 = 0
    /// The same tokens as another sample of its prompt with a lower index.
    public var duplicate: UInt32 = 0
    /// Above τ, but its prompt had enough better ones.
    public var overCap: UInt32 = 0
    /// Prompts of which nothing was kept (not part of the sum).
    public var starvedPrompts: UInt32 = 0
    /// All zero.
    public init() {}
}

/// How a run ended.
public struct Outcome: Sendable, Equatable {
    /// The version with the best mean validation reward under the first decoding; ties go to the earlier one.
    public var bestPolicy: UInt32
    /// Every evaluation, by policy, then split, then decoding.
    public var evaluations: [Evaluation]
    /// Creates the value from its parts.
    public init(bestPolicy: UInt32, evaluations: [Evaluation]) {
        self.bestPolicy = bestPolicy
        self.evaluations = evaluations
    }
}

/// Mean reward of one policy on one split under one decoding.
public struct Evaluation: Sendable, Equatable {
    /// Version of the policy.
    public var policy: UInt32
    /// Split it was evaluated on.
    public var split: Split
    /// Index of the decoding (`RunPlan.evaluationSamples`).
    public var decoding: UInt32
    /// Mean over scored trajectories; a malformed one counts 0, an unscored one not at all.
    public var meanReward: Double
    /// Trajectories in the mean.
    public var count: UInt32
    /// Malformed ones, in the mean with reward 0.
    public var malformed: UInt32
    /// Unscored ones, outside the mean.
    public var unscored: UInt32
    /// Creates the value from its parts.
    public init(
        policy: UInt32, split: Split, decoding: UInt32 = 0, meanReward: Double, count: UInt32, malformed: UInt32,
        unscored: UInt32
    ) {
        self.policy = policy
        self.split = split
        self.decoding = decoding
        self.meanReward = meanReward
        self.count = count
        self.malformed = malformed
        self.unscored = unscored
    }
}
