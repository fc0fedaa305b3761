// What the tasks are made of: inputs (`TaskWork`) travel in a Lease, outputs (`TaskOutput`) in a Result.

/// A task's input, complete: the node needs nothing else but the base checkpoint and the named policy.
public enum TaskWork: Sendable, Equatable {
    case sample(SampleWork)
    case score(ScoreWork)
    case train(TrainWork)
    case rationale(RationaleWork)
}

/// A task's output.
public enum TaskOutput: Sendable, Equatable {
    /// In (prompt, sample) order, every prompt of the task with all its samples.
    case sample([Trajectory])
    /// In the order of the task's items.
    case score([Score])
    case train(TrainedPolicy)
    /// In the order of the task's items.
    case rationale([Rationale])
}

/// How tokens are drawn.
public struct Decoding: Sendable, Equatable {
    /// 0 is greedy.
    public var temperature: Float
    /// Nucleus mass; 1 keeps everything.
    public var topP: Float
    /// 0 keeps everything.
    public var topK: UInt32
    /// Most tokens generated.
    public var maxNewTokens: UInt32
    /// Tokens that end a generation; none is part of it.
    public var stopTokens: [Int32]

    /// Creates the value from its parts.
    public init(temperature: Float, topP: Float, topK: UInt32, maxNewTokens: UInt32, stopTokens: [Int32]) {
        self.temperature = temperature
        self.topP = topP
        self.topK = topK
        self.maxNewTokens = maxNewTokens
        self.stopTokens = stopTokens
    }
}

/// Prompts to continue under one policy.
public struct SampleWork: Sendable, Equatable {
    /// One tokenised prompt.
    public struct Prompt: Sendable, Equatable {
        /// Its index in the split.
        public var index: UInt32
        /// Its tokens.
        public var tokens: [Int32]
        /// Creates the value from its parts.
        public init(index: UInt32, tokens: [Int32]) {
            self.index = index
            self.tokens = tokens
        }
    }
    /// The policy to sample from.
    public var policy: PolicyManifest
    /// In prompt order.
    public var prompts: [Prompt]
    /// Trajectories drawn of each prompt.
    public var samplesPerPrompt: UInt32
    /// The sample index of each prompt's first trajectory.
    public var firstSample: UInt32
    /// How tokens are drawn.
    public var decoding: Decoding
    /// With (prompt, sample counted from `firstSample`, token) the key of every random number.
    public var seed: UInt64
    /// What separates reasoning from answer in the decoded text; empty when the whole text is the answer.
    public var answerMarker: String

    /// Creates the value from its parts.
    public init(
        policy: PolicyManifest, prompts: [Prompt], samplesPerPrompt: UInt32, firstSample: UInt32 = 0,
        decoding: Decoding, seed: UInt64, answerMarker: String
    ) {
        self.policy = policy
        self.prompts = prompts
        self.samplesPerPrompt = samplesPerPrompt
        self.firstSample = firstSample
        self.decoding = decoding
        self.seed = seed
        self.answerMarker = answerMarker
    }
}

/// One sampled continuation of a prompt.
public struct Trajectory: Sendable, Equatable {
    /// Why generation ended.
    public enum Stop: UInt8, Sendable, CaseIterable {
        case stopToken = 1
        case length = 2
    }
    /// Which trajectory.
    public var id: TrajectoryID
    /// Generated tokens, without the stop token.
    public var tokens: [Int32]
    /// Why generation ended.
    public var stop: Stop
    /// Text before the answer marker; the whole text when there is none.
    public var reasoning: String
    /// `nil` when the text lacks the answer marker: the trajectory is malformed, its reward 0.
    public var answer: String?
    /// Sum of the tokens' log-probabilities under the decoding distribution at temperature 1; `nil` where a sampler's server
    /// gives none.
    public var logProbability: Double?

    /// Creates the value from its parts.
    public init(
        id: TrajectoryID, tokens: [Int32], stop: Stop, reasoning: String, answer: String?, logProbability: Double?
    ) {
        self.id = id
        self.tokens = tokens
        self.stop = stop
        self.reasoning = reasoning
        self.answer = answer
        self.logProbability = logProbability
    }
}

/// Answers to judge.
public struct ScoreWork: Sendable, Equatable {
    /// One answer with what it is judged against.
    public struct Item: Sendable, Equatable {
        /// Which trajectory.
        public var id: TrajectoryID
        /// The prompt's own text (x), for rewards that read it.
        public var input: String
        /// The expected output (y).
        public var reference: String
        /// The answer to judge.
        public var answer: String
        /// What was written before the answer.
        public var reasoning: String
        /// Whether the model ended the text itself, with a stop token.
        public var isFinished: Bool
        /// Creates the value from its parts.
        public init(
            id: TrajectoryID, input: String, reference: String, answer: String, reasoning: String = "",
            isFinished: Bool = true
        ) {
            self.id = id
            self.input = input
            self.reference = reference
            self.answer = answer
            self.reasoning = reasoning
            self.isFinished = isFinished
        }
    }
    /// In trajectory order.
    public var items: [Item]
    /// The reward's name as the configuration spells it, for example `rougeL` or `0.5*rouge1+0.5*rougeL`.
    public var reward: String

    /// Creates the value from its parts.
    public init(items: [Item], reward: String) {
        self.items = items
        self.reward = reward
    }
}

/// The judgement of one trajectory.
public struct Score: Sendable, Equatable {
    /// Which trajectory.
    public var id: TrajectoryID
    /// `nil` when the reward could not be computed: recorded and counted, never a silent zero.
    public var reward: Double?
    /// Creates the value from its parts.
    public init(id: TrajectoryID, reward: Double?) {
        self.id = id
        self.reward = reward
    }
}

/// One M-step (or the supervised fine-tuning).
public struct TrainWork: Sendable, Equatable {
    /// Iteration that ends with this training.
    public var iteration: UInt32
    /// The checkpoint training starts from: the base itself, or base + delta.
    public var start: PolicyManifest
    /// JSON Lines of `{"prompt": [ids], "completion": [ids], "weight": w}` in canonical order.
    public var trainingSet: BlobManifest
    /// The optimiser's settings as canonical JSON (`TrainingRecipe`).
    public var recipe: String
    /// The key of shuffling.
    public var seed: UInt64

    /// Creates the value from its parts.
    public init(iteration: UInt32, start: PolicyManifest, trainingSet: BlobManifest, recipe: String, seed: UInt64) {
        self.iteration = iteration
        self.start = start
        self.trainingSet = trainingSet
        self.recipe = recipe
        self.seed = seed
    }
}

/// What an M-step produced.
public struct TrainedPolicy: Sendable, Equatable {
    /// The new policy; its delta waits at the learner to be fetched.
    public var policy: PolicyManifest
    /// Optimiser steps done.
    public var steps: UInt32
    /// Examples in the training set.
    public var examples: UInt32
    /// Target tokens trained on.
    public var tokens: UInt64
    /// Mean loss of the first step.
    public var firstLoss: Double
    /// Mean loss of the last step.
    public var lastLoss: Double
    /// Share of the weights that differ from the base.
    public var density: Double
    /// Size of the weights when sent whole, to compare with the delta's.
    public var fullByteCount: UInt64

    /// Creates the value from its parts.
    public init(
        policy: PolicyManifest, steps: UInt32, examples: UInt32, tokens: UInt64, firstLoss: Double, lastLoss: Double,
        density: Double, fullByteCount: UInt64
    ) {
        self.policy = policy
        self.steps = steps
        self.examples = examples
        self.tokens = tokens
        self.firstLoss = firstLoss
        self.lastLoss = lastLoss
        self.density = density
        self.fullByteCount = fullByteCount
    }
}

/// Reasoning paths to write.
public struct RationaleWork: Sendable, Equatable {
    /// What one path is written from, and judged by.
    public struct Item: Sendable, Equatable {
        /// Index of the prompt in the training split.
        public var prompt: UInt32
        /// What the model is asked, in full: it shows profile, request and reference.
        public var instruction: String
        /// The expected output (y), of which a path must give nothing away.
        public var reference: String
        /// What a path may repeat all the same: the request and the profile.
        public var known: String
        /// The path to use when no written one is usable; `nil` leaves it out.
        public var fallback: String?
        /// Creates the value from its parts.
        public init(prompt: UInt32, instruction: String, reference: String, known: String, fallback: String?) {
            self.prompt = prompt
            self.instruction = instruction
            self.reference = reference
            self.known = known
            self.fallback = fallback
        }
    }
    /// In prompt order.
    public var items: [Item]
    /// Who writes, and what is accepted, as canonical JSON.
    public var writer: String
    /// The writing model's files as one blob, as the base travels; `nil` when it is not a checkpoint.
    public var checkpoint: BlobManifest?
    /// With prompt, attempt and token the key of every random number.
    public var seed: UInt64

    /// Creates the value from its parts.
    public init(items: [Item], writer: String, checkpoint: BlobManifest?, seed: UInt64) {
        self.items = items
        self.writer = writer
        self.checkpoint = checkpoint
        self.seed = seed
    }
}
