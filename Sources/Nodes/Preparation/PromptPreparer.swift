import Checkpoints
import Configuration
import Personalization
import RolloutCore
import Tokenization
import Transformer

/// Turns rows into prompts and, for fine-tuning, into targets: the configuration's choices applied to `PromptBuilder`.
struct PromptPreparer {
    let search: ProfileSearch
    private let builder: PromptBuilder
    private let base: BaseModel
    private let reads: Bool

    init(_ configuration: RunConfiguration, template: PromptTemplate, base: BaseModel, search: ProfileSearch) throws {
        self.base = base
        self.search = search
        let rationale = configuration.rationale
        reads = template.reasons && (rationale.source == .profile || rationale.fallback == .profile)
        builder = PromptBuilder(
            template: template,
            budget: PromptBudget(
                limit: try Self.promptLimit(configuration, context: base.checkpoint.config.maxPositions),
                cutsRequest: configuration.data.longInput == .cut))
    }

    /// Tokens a prompt may have, so that the longest output still fits the context.
    private static func promptLimit(
        _ configuration: RunConfiguration, context: Int
    ) throws(PreparationError) -> Int {
        let longestOutput = max(
            configuration.run.mode.iterates ? configuration.sampling.maxNewTokens : 0,
            configuration.evaluation.maxNewTokens)
        let room = context - longestOutput
        guard room > 0 else {
            throw PreparationError(
                """
                outputs of \(longestOutput) tokens leave no room for a prompt in the model's context of \(context); lower \
                maxNewTokens
                """)
        }
        let wanted = configuration.personalization.maxPromptTokens
        guard wanted <= room else {
            throw PreparationError(
                """
                `personalization.maxPromptTokens` is \(wanted), but the context of \(context) tokens leaves \(room) beside \
                outputs of \(longestOutput)
                """)
        }
        return wanted == 0 ? room : wanted
    }

    /// The prompts of a split, in the order of its rows.
    func prepare(_ examples: [Example], split: Split, counts: inout PromptCounts) throws -> [PreparedPrompt] {
        let rankings = try search.rank(examples, split: split)
        return try zip(examples, rankings).map { try prepare($0, ranking: $1, counts: &counts) }
    }

    private func prepare(
        _ example: Example, ranking: Retriever.Ranking, counts: inout PromptCounts
    ) throws -> PreparedPrompt {
        let prompt: FittedPrompt
        do {
            prompt = try builder.prompt(example, ranking: ranking) { tokens($0).count }
        } catch {
            throw PreparationError("\(example.task.rawValue) row \(example.id): \(error)")
        }
        counts.add(prompt, clamped: ranking.wasClamped)
        return PreparedPrompt(
            example: example, documents: prompt.documents, text: prompt.text, tokens: tokens(prompt.text),
            // Of the documents the prompt shows: a model can only learn to sum up what it sees.
            rationale: reads ? builder.rationale.rationale(for: prompt.documents) : "")
    }

    /// The target of supervised fine-tuning: reasoning path, marker and the user's own text, or the text alone.
    func example(_ prompt: PreparedPrompt, truncated: inout Int) -> TrainingExample {
        let target = builder.template.target(reasoning: prompt.rationale, output: prompt.example.output)
        var completion = base.tokenizer.encode(target) + base.stopTokens.prefix(1)
        let room = base.checkpoint.config.maxPositions - prompt.tokens.count
        if completion.count > room {
            completion.removeLast(completion.count - room)
            truncated += 1
        }
        return TrainingExample(prompt: prompt.tokens, completion: completion)
    }

    private func tokens(_ text: String) -> [Int32] { base.tokenizer.encode(text, addSpecial: true) }
}

/// What had to be cut to make prompts fit.
struct PromptCounts {
    private var clamped = 0
    private var dropped = 0
    private var cut = 0
    private var requests = 0

    mutating func add(_ prompt: FittedPrompt, clamped isClamped: Bool) {
        if isClamped { clamped += 1 }
        if prompt.droppedDocuments > 0 { dropped += 1 }
        if prompt.cutWords > 0 { cut += 1 }
        if prompt.cutRequestWords > 0 { requests += 1 }
    }

    /// - Parameter subject: what the prompts are of: a split, or the instructions for rationales.
    func lines(_ subject: String) -> [String] {
        [
            (clamped, "prompts have a smaller profile than personalization.documents"),
            (dropped, "prompts show fewer documents than were retrieved, to fit the context"),
            (cut, "prompts show shortened documents, to fit the context"),
            (requests, "prompts show no documents and a shortened request, to fit the context"),
        ].filter { $0.0 > 0 }.map { "\(subject): \($0.0) \($0.1)" }
    }
}
