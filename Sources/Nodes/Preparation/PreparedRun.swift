import Checkpoints
public import Configuration
import Digests
import Foundation
public import Personalization
public import RolloutCore
import Tokenization
import Transformer

/// One prompt of the run, as it is leased, scored and shown.
public struct PreparedPrompt: Sendable {
    /// The row it comes from.
    public var example: Example
    /// The documents in the prompt, best first.
    public var documents: [Document]
    /// The model's input as text.
    public var text: String
    /// The model's input as tokens.
    public var tokens: [Int32]
    /// The reasoning path the profile reader writes; empty where the mode does not reason, and where nothing of the
    /// reader's is used.
    public var rationale: String
}

/// Everything a run is made of before its first task: prompts, the fine-tuning set, and the plan.
///
/// A pure function of configuration, data and base: a restarted coordinator prepares again and gets the same.
public struct PreparedRun: Sendable {
    /// What the coordinator's value needs.
    public let plan: RunPlan
    /// By split, in prompt order.
    public let prompts: [Split: [PreparedPrompt]]
    /// Policy 0's examples; empty without fine-tuning, and where tasks write the reasoning paths first.
    let fineTuning: [TrainingExample]
    /// The reasoning paths that tasks write before the fine-tuning.
    let rationales: RationaleTasks?
    private let preparer: PromptPreparer
    /// The template of prompts and targets.
    public let template: PromptTemplate
    /// What was loaded, cut and left out: lines for people.
    public let summary: [String]
}

extension PreparedRun {
    /// Loads the data and prepares every prompt.
    ///
    /// - Parameters:
    ///   - embeddings: a directory where the vectors of dense retrieval stay for the next time; nil keeps none.
    ///   - progress: told, from any thread, how far the search through profiles is.
    /// - Throws: one sentence about the file, row or setting that is wrong.
    public init(
        _ configuration: RunConfiguration, base: BaseModel, embeddings: String? = nil,
        progress: (@Sendable (SearchProgress) -> Void)? = nil
    ) throws {
        let mode = configuration.run.mode
        let template = try Self.template(configuration)
        let search = try ProfileSearch(configuration, embeddings: embeddings, report: progress)
        let builder = try PromptPreparer(configuration, template: template, base: base, search: search)
        var prompts: [Split: [PreparedPrompt]] = [:]
        var summary: [String] = []
        for split in try Self.splits(configuration) {
            let (examples, loaded) = try Self.load(split, configuration)
            summary += loaded.lines.map { "\(split) \($0)" }
            var counts = PromptCounts()
            prompts[split] = try builder.prepare(examples, split: split, counts: &counts)
            summary += counts.lines("\(split)")
        }
        summary += search.summary
        var truncated = 0
        let train = mode.fineTunes ? prompts[.train] ?? [] : []
        rationales =
            mode.reasons && configuration.rationale.source != .profile
            ? try RationaleTasks(configuration, prompts: train, template: template) : nil
        summary += rationales?.summary ?? []
        let fineTuning = rationales == nil ? train.map { builder.example($0, truncated: &truncated) } : []
        if truncated > 0 {
            summary.append("\(truncated) of \(train.count) fine-tuning targets were cut to the context")
        }
        if mode.fineTunes, train.isEmpty {
            throw PreparationError("there are no training rows to fine-tune on")
        }
        // Left out, the split would go unevaluated without a word.
        for split in prompts.keys.sorted() where split != .train && prompts[split]?.isEmpty == true {
            throw PreparationError(
                "no \(split) rows are left to evaluate on; allow empty profiles or remove it from evaluation.splits")
        }
        self.prompts = prompts
        self.fineTuning = fineTuning
        preparer = builder
        self.template = template
        self.summary = summary
        plan = try Self.plan(configuration, base, encoder: search.encoder, prompts, fineTuning, rationales)
    }

    /// Where the vectors of dense retrieval stay: beside the run, so that the runs of one folder share them.
    public static func embeddings(besideRun path: String) -> String {
        URL(filePath: path).deletingLastPathComponent().appending(path: ".embeddings").path
    }

    /// Policy 0's examples with reasoning paths that tasks wrote; those of prompts without one by the rule of the fallback.
    func fineTuning(with written: [UInt32: String]) -> [TrainingExample] {
        guard let rationales, let train = prompts[.train] else { return fineTuning }
        var truncated = 0
        return zip(train, rationales.items).map { prompt, item in
            var prompt = prompt
            prompt.rationale = written[item.prompt] ?? item.fallback ?? ""
            return preparer.example(prompt, truncated: &truncated)
        }
    }

    /// The template of a configuration's prompts.
    static func template(_ configuration: RunConfiguration) throws(PreparationError) -> PromptTemplate {
        guard let wording = TemplateWording(named: configuration.personalization.wording) else {
            throw PreparationError(
                """
                `personalization.wording` is `\(configuration.personalization.wording)`; expects one of \
                \(TemplateWording.named.map(\.name).joined(separator: ", "))
                """)
        }
        return PromptTemplate(wording: wording, reasons: configuration.run.mode.reasons)
    }

    /// Splits that are needed: train for learning, the others when they are evaluated.
    private static func splits(_ configuration: RunConfiguration) throws -> [Split] {
        let named: [String: Split] = ["train": .train, "validation": .validation, "test": .test]
        var splits: Set<Split> = configuration.run.mode.fineTunes || configuration.run.mode.iterates ? [.train] : []
        for name in configuration.evaluation.splits {
            guard let split = named[name], split != .train else {
                throw PreparationError("`evaluation.splits` holds `\(name)`; expects validation or test")
            }
            splits.insert(split)
        }
        return splits.sorted()
    }

    /// A split's rows as the configuration chooses them.
    static func load(
        _ split: Split, _ configuration: RunConfiguration
    ) throws -> ([Example], DataSummary) {
        let data = configuration.data
        guard !data.directory.isEmpty else {
            throw PreparationError("`data.directory` is not set; give it in the file or with --set data.directory=PATH")
        }
        var tasks: [WritingTask]?
        if !data.tasks.isEmpty {
            tasks = try data.tasks.map { name in
                guard let task = WritingTask(rawValue: name) else {
                    throw PreparationError(
                        """
                        `data.tasks` holds `\(name)`; tasks are \
                        \(WritingTask.allCases.map(\.rawValue).joined(separator: ", "))
                        """)
                }
                return task
            }
        }
        let (limit, part): (Int, DataSplit) =
            switch split {
            case .train: (data.train, .train)
            case .validation: (data.validation, .validation)
            case .test: (data.test, .test)
            }
        let emptyProfile: EmptyProfile =
            switch data.emptyProfile {
            case .error: .error
            case .skip: .skip
            case .allow: .allow
            }
        let options = LoadOptions(
            tasks: tasks, limit: limit == 0 ? nil : limit, choice: .balanced(seed: configuration.run.seed),
            emptyProfile: emptyProfile)
        let (examples, summary) = try DataSet(directory: data.directory).load(part, options)
        return (ProfileShuffle.apply(to: examples, share: data.shuffleProfiles, seed: configuration.run.seed), summary)
    }

    private static func plan(
        _ configuration: RunConfiguration, _ base: BaseModel, encoder: Digest?, _ prompts: [Split: [PreparedPrompt]],
        _ fineTuning: [TrainingExample], _ rationales: RationaleTasks?
    ) throws -> RunPlan {
        var identity = RunIdentity(configuration, base: base, encoder: encoder)
        for split in Split.allCases {
            identity.begin(split, count: prompts[split]?.count ?? 0)
            for prompt in prompts[split] ?? [] {
                identity.add(
                    task: prompt.example.task.rawValue, tokens: prompt.tokens, input: prompt.example.input,
                    output: prompt.example.output)
            }
        }
        identity.add(fineTuning: Digest.of(TrainingSet.bytes(fineTuning)))
        rationales?.add(to: &identity.digest)
        let reward = try configuration.reward.identity()
        if configuration.reward.source == .judge(.checkpoint) { identity.digest.add(reward.name) }
        var plan = RunPlan(
            configuration, run: identity.digest.finish(), base: base.weightsDigest,
            groups: prompts.mapValues { $0.map(\.example.task.rawValue) }, writesRationales: rationales != nil)
        if let rationales, rationales.model == nil { plan.recordedOnly.insert(.rationale) }
        plan.reward = reward
        // A judging checkpoint computes with this software's own arithmetic, bit for bit.
        let isExact = plan.reward.isBuiltIn || configuration.reward.source == .judge(.checkpoint)
        if !isExact { plan.recordedOnly.insert(.score) }
        plan.use(configuration.engines, rationaleModel: rationales?.model != nil)
        return plan
    }
}

/// The digest that names a run: of everything that decides what it learns.
struct RunIdentity {
    var digest = DigestBuilder("reprise.run.v1")

    /// - Parameter encoder: of dense retrieval, where there is one.
    init(_ configuration: RunConfiguration, base: BaseModel, encoder: Digest?) {
        digest.add(configuration.learningDigest)
        digest.add(base.weightsDigest)
        digest.add(base.tokenizer.json)
        if let encoder { digest.add(encoder) }
    }

    mutating func begin(_ split: Split, count: Int) {
        digest.add(Int(split.rawValue))
        digest.add(count)
    }

    mutating func add(task: String, tokens: [Int32], input: String, output: String) {
        digest.add(task)
        digest.add(tokens)
        digest.add(input)
        digest.add(output)
    }

    /// Adds the digest of the first training set, empty without fine-tuning.
    mutating func add(fineTuning: Digest) { digest.add(fineTuning) }
}

extension RunPlan {
    /// The plan of a configuration over prompts of these groups.
    init(
        _ configuration: RunConfiguration, run: Digest, base: Digest, groups: [Split: [String]], writesRationales: Bool
    ) {
        self.init(
            run: run, seed: configuration.run.seed, iterations: UInt32(configuration.run.iterations),
            fineTunesFirst: configuration.run.mode.fineTunes, startsFromPrevious: configuration.startsFrom == .previous,
            base: base, groups: groups,
            promptsPerTask: UInt32(configuration.sampling.promptsPerTask),
            samplesPerPrompt: UInt32(configuration.sampling.samplesPerPrompt),
            evaluates: [Split.validation, .test].filter { groups[$0]?.isEmpty == false },
            selection: configuration.selection.rule(iterations: configuration.run.iterations),
            iterationsPerSampling: UInt32(configuration.sampling.every),
            evaluationSamples: configuration.evaluation.decodings.map { UInt32($0.samples) },
            patience: configuration.evaluation.patience > 0 ? UInt32(configuration.evaluation.patience) : nil,
            writesRationales: writesRationales)
    }
}

extension RunPlan {
    /// Who does the work of samplers and learners in place of this software, and how far that can be repeated.
    ///
    /// - Parameter rationaleModel: whether samplers compute reasoning paths with a checkpoint all the same.
    mutating func use(_ engines: RunConfiguration.Engines, rationaleModel: Bool) {
        if let name = engines.sampler.name {
            self.engines[.sampler] = EngineIdentity(name: name, computes: rationaleModel)
            if engines.sampler.determinism == .recordedOnly { recordedOnly.insert(.sample) }
        }
        if let name = engines.learner.name {
            self.engines[.learner] = EngineIdentity(name: name)
            if engines.learner.determinism == .recordedOnly { recordedOnly.insert(.train) }
        }
    }
}

extension RunConfiguration.Selection {
    /// The rule of every iteration.
    func rule(iterations: Int) -> SelectionRule {
        guard keep == .passing else { return SelectionRule(threshold: .everything, scope: .all, cap: 1) }
        let thresholds = threshold.level.values(max(1, iterations)).map { value -> SelectionRule.Threshold in
            switch threshold {
            case .absolute: .absolute(value)
            case .quantile: .quantile(value)
            case .marginOverFirst: .marginOverFirst(value)
            }
        }
        return SelectionRule(
            threshold: thresholds[0], scope: SelectionRule.Scope(rawValue: scope.rawValue) ?? .group, cap: UInt32(cap),
            laterThresholds: threshold.level.isConstant ? [] : Array(thresholds.dropFirst()))
    }
}

/// Why a run cannot be prepared: one sentence.
public struct PreparationError: Error, CustomStringConvertible, Sendable {
    /// The sentence.
    public let description: String

    init(_ description: String) { self.description = description }
}
