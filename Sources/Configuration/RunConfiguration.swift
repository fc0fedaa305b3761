/// Everything a person decides about a run, with a default for whatever has a sensible one.
///
/// The fields are plain values; `Settings` names them, reads and prints them. What the sections mean follows REST-PG
/// (arXiv 2501.04167) and ReST-EM (arXiv 2312.06585).
public struct RunConfiguration: Sendable, Equatable {
    /// `run`, `mode` and `iterations`.
    public var run = Run()
    /// `data`.
    public var data = DataSection()
    /// `model`.
    public var model = Model()
    /// `personalization`.
    public var personalization = Personalization()
    /// `rationale`: where the reasoning paths of the first fine-tuning come from.
    public var rationale = Rationale()
    /// `fineTuning`: policy 0, trained on the references.
    public var fineTuning = Recipe()
    /// `sampling`: the E-step's decoding.
    public var sampling = Sampling()
    /// `reward`: what an answer is worth.
    public var reward = Reward()
    /// `selection`.
    public var selection = Selection()
    /// `training`: the M-step.
    public var training = Recipe()
    /// `training.startsFrom`.
    public var startsFrom = Start.base
    /// `training.referenceWeight`: of the references mixed into every M-step; 0 leaves them out.
    public var referenceWeight = 0.0
    /// `evaluation`.
    public var evaluation = Evaluation()
    /// `engines`: programs outside that draw and train.
    public var engines = Engines()
    /// `cluster`: never part of what is learned.
    public var cluster = Cluster()

    /// All defaults.
    public init() {}

    /// What is trained and how, in one word.
    public enum Mode: String, Sendable, CaseIterable {
        case restPG = "rest-pg"
        case restEM = "rest-em"
        case sftReasoning = "sft-reasoning"
        case sft
        case zeroShot = "zeroshot"

        /// Whether the model summarises the writer before it answers.
        public var reasons: Bool { self == .restPG || self == .sftReasoning }
        /// Whether there are EM iterations.
        public var iterates: Bool { self == .restPG || self == .restEM }
        /// Whether policy 0 is trained on the references.
        public var fineTunes: Bool { self != .zeroShot }
    }

    /// `run`, `mode` and `iterations`.
    public struct Run: Sendable, Equatable {
        /// What the run is called.
        public var name = "run"
        /// Where the run is kept; runs/NAME when empty.
        public var directory = ""
        /// Decides every random number of the run.
        public var seed: UInt64 = 1
        /// Several seeds, for `reprise compare`; empty in a run.
        public var seeds: [UInt64] = []
        /// Rest-pg, rest-em, sft-reasoning, sft or zeroshot.
        public var mode = Mode.restPG
        /// Several modes, for `reprise compare`; empty in a run.
        public var modes: [Mode] = []
        /// EM iterations (T).
        public var iterations = 3
    }

    /// Which rows of which files.
    public struct DataSection: Sendable, Equatable {
        /// Where <task>_<split>.jsonl[.gz] lie, in LongLaMP's schema.
        public var directory = ""
        /// Tasks to use; all that have files when empty.
        public var tasks: [String] = []
        /// Most training prompts, balanced over tasks; 0 for all.
        public var train = 0
        /// Most validation prompts; 0 for all.
        public var validation = 0
        /// Most test prompts; 0 for all.
        public var test = 0
        /// Share of prompts that get another user's profile: a probe of personalisation.
        public var shuffleProfiles = 0.0
        /// What to do with a row without profile: error, skip or allow.
        public var emptyProfile = EmptyProfile.error
        /// What to do with a request that is longer than a prompt may be: error, or cut its end.
        public var longInput = LongInput.error
    }

    /// What to do with a row without profile.
    public enum EmptyProfile: String, Sendable, CaseIterable { case error, skip, allow }

    /// What to do with a request that is longer than a prompt may be.
    public enum LongInput: String, Sendable, CaseIterable { case error, cut }

    /// The model every policy is a delta against.
    public struct Model: Sendable, Equatable {
        /// The base checkpoint: a directory in the Hugging Face layout.
        public var base = ""
    }

    /// How documents are chosen from the profile.
    public enum Retriever: String, Sendable, CaseIterable { case bm25, dense, recent, first, random, none }
    /// How dense retrieval compares two vectors.
    public enum Similarity: String, Sendable, CaseIterable { case dot, cosine }

    /// How a prompt is made from a row.
    public struct Personalization: Sendable, Equatable {
        /// Bm25, dense, recent, first, random or none.
        public var retriever = Retriever.bm25
        /// Documents in the prompt (k).
        public var documents = 5
        /// Words of the prompt: compact or standard.
        public var wording = "compact"
        /// Longest prompt; 0 for what the context leaves.
        public var maxPromptTokens = 0
        /// `bm25`: constants of that retriever.
        public var bm25 = BM25()
        /// `dense`: the encoder of that retriever.
        public var dense = Dense()
    }

    /// Okapi BM25's constants; the defaults are rank_bm25's.
    public struct BM25: Sendable, Equatable {
        /// How fast repeats of a word saturate.
        public var k1 = 1.5
        /// How much long documents are held back.
        public var b = 0.75
        /// Share of the mean idf that words in more than half of the documents get.
        public var epsilon = 0.25
    }

    /// Retrieval by an encoder's vectors.
    public struct Dense: Sendable, Equatable {
        /// An encoder of the BERT type: a directory in the Hugging Face layout.
        public var model = ""
        /// Dot or cosine.
        public var similarity = Similarity.dot
        /// Longest query or document in the encoder's tokens; 0 for what the encoder says.
        public var maxTokens = 0
    }

    /// Update rules.
    public enum Optimizer: String, Sendable, CaseIterable { case adamw, adafactor }
    /// Learning rate after the warm-up.
    public enum Schedule: String, Sendable, CaseIterable { case linear, cosine, constant }
    /// Where an M-step starts.
    public enum Start: String, Sendable, CaseIterable { case base, previous }

    /// How long a training goes on.
    public enum Length: Sendable, Equatable {
        case epochs(Int)
        case steps(Int)
    }

    /// How a policy is trained.
    public struct Recipe: Sendable, Equatable {
        /// Adamw or adafactor.
        public var optimizer = Optimizer.adamw
        /// Peak learning rate.
        public var learningRate = 1e-3
        /// Decoupled weight decay.
        public var weightDecay = 0.01
        /// Largest gradient norm; 0 does not clip.
        public var clip = 1.0
        /// Steps to the peak rate.
        public var warmupSteps = 10
        /// Linear, cosine or constant after warm-up.
        public var schedule = Schedule.linear
        /// Passes or steps.
        public var length = Length.epochs(3)
        /// Examples in a step.
        public var batchSize = 16
        /// Tokens computed at once: bounds memory.
        public var maxTokensPerMicrobatch = 2048
        /// Parts a step's gradient is summed from, in fixed order.
        public var gradientShards = 2
    }

    /// The E-step's decoding.
    public struct Sampling: Sendable, Equatable {
        /// Samples of each prompt (m).
        public var samplesPerPrompt = 8
        /// Of the E-step, by E-step.
        public var temperature: PerIteration = 0.7
        /// Nucleus mass; 1 keeps everything.
        public var topP = 1.0
        /// Most probable tokens kept; 0 keeps all.
        public var topK = 0
        /// Longest trajectory in tokens.
        public var maxNewTokens = 128
        /// Iterations that learn from one E-step.
        public var every = 1
        /// Prompts in one task of the cluster.
        public var promptsPerTask = 4
    }

    /// What a reward has to reach.
    public enum Threshold: Sendable, Equatable {
        case absolute(PerIteration)
        case quantile(PerIteration)
        case marginOverFirst(PerIteration)

        /// The number, whatever it is compared with.
        public var level: PerIteration {
            switch self {
            case .absolute(let value), .quantile(let value), .marginOverFirst(let value): value
            }
        }
    }
    /// What is kept of a prompt: all that reaches the threshold, up to the cap, or its best trajectory alone (RAFT).
    public enum Keep: String, Sendable, CaseIterable { case passing, best }
    /// Over which trajectories a relative threshold is taken.
    public enum Scope: String, Sendable, CaseIterable { case all, group, prompt }
    /// Weight of a kept trajectory in the M-step: R (REST-PG), 1 (ReST-EM), or exp((R − best R) / β) (RWR).
    public enum Weighting: String, Sendable, CaseIterable { case reward, filter, exponential }

    /// What an E-step keeps.
    public struct Selection: Sendable, Equatable {
        /// What is kept of a prompt: passing or best.
        public var keep = Keep.passing
        /// What a reward has to reach.
        public var threshold = Threshold.quantile(0.75)
        /// What a relative threshold is taken over: all, group or prompt.
        public var scope = Scope.group
        /// Most trajectories kept of one prompt.
        public var cap = 10
        /// Weight in the M-step: reward, filter or exponential.
        public var weighting = Weighting.reward
        /// Temperature of exponential weights (β).
        public var beta = 0.1
    }

    /// How an evaluation draws its outputs.
    public struct Decoding: Sendable, Equatable, CustomStringConvertible {
        /// 0 is greedy.
        public var temperature: Double
        /// Nucleus mass; 1 keeps everything.
        public var topP: Double
        /// Outputs drawn of each prompt.
        public var samples: Int

        /// The most probable token, always.
        public static let greedy = Decoding(temperature: 0)

        /// Creates the value from its parts.
        public init(temperature: Double, topP: Double = 1, samples: Int = 1) {
            self.temperature = temperature
            self.topP = topP
            self.samples = samples
        }

        /// For people: `temperature 0.1, top-p 0.9`.
        public var description: String {
            if temperature == 0 { return "greedy" }
            return "temperature \(Bounds.text(temperature))" + (topP < 1 ? ", top-p \(Bounds.text(topP))" : "")
                + (samples > 1 ? ", \(samples) samples" : "")
        }
    }

    /// How every policy is evaluated.
    public struct Evaluation: Sendable, Equatable {
        /// Splits every policy is evaluated on.
        public var splits = ["validation", "test"]
        /// How outputs are drawn; the first decides which policy is best.
        public var decodings = [Decoding(temperature: 0.1)]
        /// Iterations without a better validation reward after which the run ends; 0 is never.
        public var patience = 0
        /// Longest output in tokens.
        public var maxNewTokens = 128
    }

    /// How the run is spread over processes.
    public struct Cluster: Sendable, Equatable {
        /// Sampler processes.
        public var samplers = 1
        /// Scorer processes.
        public var scorers = 1
        /// Tasks a sampler runs at the same time.
        public var slots = 1
        /// Threads of the learner.
        public var learnerThreads = 2
        /// Where the coordinator listens; * is a free port.
        public var endpoint = "tcp://127.0.0.1:*"
        /// How long a lease lives unless renewed.
        public var leaseSeconds = 10.0
        /// Between reports.
        public var heartbeatSeconds = 1.0
        /// A node that hears nothing for so long exits.
        public var silenceExitSeconds = 60.0
        /// Losses a task may have caused before a person has to look.
        public var quarantineAfter = 5
        /// Between two saves of the learner's optimiser; 0 saves none.
        public var checkpointSeconds = 30.0
        /// Restarts of a child in a window.
        public var maxRestarts = 10
        /// The window of the restart budget.
        public var restartWindowSeconds = 60.0
    }
}
