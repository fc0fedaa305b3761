public import Digests

// Stage 0 (REST-PG, section 3): a reasoning path for every training prompt, written from profile, request and reference
// before the supervised fine-tuning. The paths are results of tasks like any others: leased, journalled, sealed.

/// One reasoning path, or why there is none.
public struct Rationale: Sendable, Equatable {
    /// Where the text comes from.
    public enum Origin: UInt8, Sendable, CaseIterable {
        /// The model wrote it.
        case written = 1
        /// No path the model wrote was usable: the profile reader's, by rule.
        case profile = 2
        /// No path the model wrote was usable, and the rule says to go without.
        case none = 3
    }

    /// Index of the prompt in the training split.
    public var prompt: UInt32
    /// The path; empty when there is none.
    public var text: String
    /// Where it comes from.
    public var origin: Origin
    /// Paths written before and rejected because they copy the reference.
    public var leaks: UInt32
    /// Paths written before and rejected because they are empty or hold the answer marker.
    public var unusable: UInt32

    /// Creates the value from its parts.
    public init(prompt: UInt32, text: String, origin: Origin, leaks: UInt32 = 0, unusable: UInt32 = 0) {
        self.prompt = prompt
        self.text = text
        self.origin = origin
        self.leaks = leaks
        self.unusable = unusable
    }
}

/// All reasoning paths of a run, fixed for good before anything is trained on them.
public struct SealedRationales: Sendable, Equatable {
    /// Digest over every task's result digest, in task order.
    public var root: Digest
    /// How they came about.
    public var counts: RationaleCounts

    /// Creates the value from its parts.
    public init(root: Digest, counts: RationaleCounts) {
        self.root = root
        self.counts = counts
    }
}

/// Where reasoning paths came from; `written`, `profile`, `none` and `failed` sum to the training prompts.
public struct RationaleCounts: Sendable, Equatable {
    /// Written by the model.
    public var written: UInt32 = 0
    /// Taken from the profile reader instead.
    public var profile: UInt32 = 0
    /// Left out.
    public var none: UInt32 = 0
    /// Prompts whose task failed the same way on two nodes: the rule of `profile` or `none` holds for them too.
    public var failed: UInt32 = 0
    /// Paths rejected because they copy the reference (not part of the sum).
    public var leaks: UInt32 = 0
    /// Paths rejected because they are empty or hold the answer marker (not part of the sum).
    public var unusable: UInt32 = 0
    /// All zero.
    public init() {}

    mutating func add(_ rationale: Rationale) {
        switch rationale.origin {
        case .written: written += 1
        case .profile: profile += 1
        case .none: none += 1
        }
        leaks &+= rationale.leaks
        unusable &+= rationale.unusable
    }
}

extension Coordinator {
    /// Makes the rationale tasks available.
    mutating func offerRationales(at now: Instant) {
        guard offered.insert(.rationales).inserted else { return }
        for index in 0..<plan.taskCount(.rationales) { tasks.offer(TaskGroup.rationales.task(index), at: now) }
    }

    /// Whether every rationale task has a recorded end.
    var hasAllRationales: Bool { tasks.settledCount(.rationales) == plan.taskCount(.rationales) }

    /// The seal that the recorded results give.
    var rationaleSeal: SealedRationales {
        SealedRationales(
            root: root("reprise.rationales.v1", of: 0, kinds: [.rationale]), counts: rationaleCounts)
    }
}

extension TaskGroup {
    /// The tasks that write reasoning paths for the supervised fine-tuning.
    public static let rationales = TaskGroup(iteration: 0, split: .train, kind: .rationale)
}
