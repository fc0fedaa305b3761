public import Digests
import Failpoints
import GRDB
public import RolloutCore

/// What was started, for people and for the check that a resumed run is the same run.
public struct RunInfo: Sendable, Equatable {
    /// Identity of the run (`RunPlan.run`).
    public var digest: Digest
    /// What the run is called.
    public var name: String
    /// `rest-pg`, `rest-em`, `sft-reasoning`, `sft` or `zeroshot`.
    public var mode: String
    /// The reward as the configuration spells it.
    public var reward: String
    /// The resolved configuration, YAML.
    public var configuration: String
    /// The decodings of evaluations, as people know them, in the plan's order.
    public var decodings: [String]

    /// The blob that holds the base model.
    public var baseArchive: Digest

    /// Creates the value from its parts.
    public init(
        digest: Digest, name: String, mode: String, reward: String, configuration: String, baseArchive: Digest,
        decodings: [String] = []
    ) {
        self.digest = digest
        self.name = name
        self.mode = mode
        self.reward = reward
        self.configuration = configuration
        self.baseArchive = baseArchive
        self.decodings = decodings
    }
}

/// One row of the data as the run uses it.
public struct PromptRow: Sendable, Equatable {
    /// The split.
    public var split: Split
    /// Its index in the split.
    public var index: UInt32
    /// The task of the data, such as `topic_writing`: the prompt's group.
    public var task: String
    /// Who wrote the reference.
    public var user: String
    /// Id of the row.
    public var example: String
    /// The request (x).
    public var input: String
    /// The model's whole input.
    public var text: String
    /// What the user wrote (y).
    public var reference: String
    /// The retrieved documents, JSON.
    public var documents: String
    /// The whole profile, JSON.
    public var profile: String
    /// The reasoning path made for fine-tuning, where there is one.
    public var rationale: String?

    /// Creates the value from its parts.
    public init(
        split: Split, index: UInt32, task: String, user: String, example: String, input: String, text: String,
        reference: String, documents: String, profile: String, rationale: String?
    ) {
        self.split = split
        self.index = index
        self.task = task
        self.user = user
        self.example = example
        self.input = input
        self.text = text
        self.reference = reference
        self.documents = documents
        self.profile = profile
        self.rationale = rationale
    }
}

extension Journal {
    /// Records what is run, once: at a later start it checks that the run is the same.
    ///
    /// - Throws: `RunStoreError` of kind `otherRun` when the directory holds a run with another digest.
    public func begin(
        _ info: RunInfo, plan: RunPlan, prompts: some Sequence<PromptRow>
    ) throws(RunStoreError) {
        let at = now
        let name = path
        try commit { db in
            if let stored = try String.fetchOne(db, sql: "SELECT digest FROM run") {
                guard stored == info.digest.description else {
                    throw RunStoreError(
                        .otherRun,
                        """
                        \(name) holds another run (\(stored.prefix(12)) there, \(info.digest.short) here): its \
                        configuration, data or base model differ; restore them, or choose another --directory.
                        """)
                }
                return
            }
            try db.insert(
                "run",
                [
                    "digest": info.digest.description, "name": info.name, "mode": info.mode, "reward": info.reward,
                    "configuration": info.configuration, "base": plan.base.description,
                    "base_archive": info.baseArchive.description, "seed": signed(plan.seed),
                    "iterations": Int64(plan.iterations), "samples_per_prompt": Int64(plan.samplesPerPrompt),
                    "prompts_per_task": Int64(plan.promptsPerTask), "determinism": plan.determinism, "at": at,
                ])
            try Self.insert(plan, in: db)
            for decoding in plan.evaluationSamples.indices {
                let samples = plan.evaluationSamples(of: decoding)
                let name = info.decodings.indices.contains(decoding) ? info.decodings[decoding] : "\(decoding + 1)"
                try db.insert(
                    "decodings",
                    [
                        "decoding": decoding, "name": name, "first_sample": Int64(samples.lowerBound),
                        "samples": samples.count,
                    ])
            }
            for prompt in prompts { try db.insert("prompts", prompt.columns) }
            Failpoint.runWritten.reached()
        }
        Failpoint.runCommitted.reached()
    }

    private static func insert(_ plan: RunPlan, in db: Database) throws {
        for iteration in 0...plan.iterations {
            for split in Split.allCases {
                for kind in TaskKind.allCases {
                    let group = TaskGroup(iteration: iteration, split: split, kind: kind)
                    let first = TaskID(iteration: iteration, split: split, kind: kind, index: 0)
                    guard plan.contains(first) else { continue }
                    try db.insert(
                        "planned",
                        [
                            "iteration": Int64(iteration), "split": split.column, "kind": kind.column,
                            "tasks": plan.taskCount(group),
                        ])
                }
            }
        }
    }
}

extension PromptRow {
    fileprivate var columns: Columns {
        [
            "split": split.column, "prompt": Int64(index), "task": task, "user": user, "example": example,
            "input": input, "text": text, "reference": reference, "documents": documents, "profile": profile,
            "rationale": rationale,
        ]
    }
}
