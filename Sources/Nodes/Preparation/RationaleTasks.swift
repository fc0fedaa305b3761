import Checkpoints
import Configuration
import Digests
import Personalization
import RolloutCore
import Tokenization

/// The reasoning paths a run has models write before its fine-tuning: what their tasks carry.
struct RationaleTasks: Sendable {
    /// A checkpoint that writes, as it travels.
    struct Model: Sendable {
        let weights: Digest
        let archive: [UInt8]
        let manifest: BlobManifest
    }

    /// One per training prompt, in order.
    let items: [RationaleWork.Item]
    /// Who writes, and what is accepted.
    let writer: RationaleWriter
    /// Nil when an endpoint writes.
    let model: Model?
    /// What had to be cut to make the instructions fit: lines for people.
    let summary: [String]

    /// - Throws: `PreparationError`, or what the checkpoint's reader reports.
    init(_ configuration: RunConfiguration, prompts: [PreparedPrompt], template: PromptTemplate) throws {
        let settings = configuration.rationale
        let loaded = settings.source == .checkpoint ? try BaseModel(directory: settings.checkpoint) : nil
        writer = RationaleWriter(
            model: loaded == nil ? settings.endpoint.model : nil, temperature: settings.temperature,
            topP: settings.topP, maxNewTokens: settings.maxNewTokens, attempts: settings.attempts,
            leak: LeakCheck(words: settings.leakWords, share: settings.leakShare), marker: template.answerMarker)
        let instruction = RationaleInstruction(wording: template.wording)
        var counts = PromptCounts()
        items = try prompts.enumerated().map { index, prompt in
            let example = prompt.example
            var shown = instruction.text(input: example.input, reference: example.output, documents: prompt.documents)
            if let loaded {
                let budget = PromptBudget(
                    limit: loaded.checkpoint.config.maxPositions - settings.maxNewTokens,
                    cutsRequest: configuration.data.longInput == .cut)
                let fitted = try Self.fit(prompt, instruction, loaded, budget)
                counts.add(fitted, clamped: false)
                shown = fitted.text
            }
            return RationaleWork.Item(
                prompt: UInt32(index), instruction: shown, reference: example.output,
                known: RationaleInstruction.known(input: example.input, documents: prompt.documents),
                fallback: settings.fallback == .profile ? prompt.rationale : nil)
        }
        summary = counts.lines("rationales")
        model = try loaded.map { loaded in
            let archive = try CheckpointArchive.pack(loaded.checkpoint)
            return Model(weights: loaded.weightsDigest, archive: archive, manifest: BlobManifest(of: archive))
        }
    }

    /// A model's context holds only so much: documents are dropped and cut as in prompts.
    private static func fit(
        _ prompt: PreparedPrompt, _ instruction: RationaleInstruction, _ model: BaseModel, _ budget: PromptBudget
    ) throws(PreparationError) -> FittedPrompt {
        do throws(PromptTooLong) {
            return try budget.fit(
                input: prompt.example.input, documents: prompt.documents,
                countTokens: { model.tokenizer.encode($0, addSpecial: true).count }
            ) { instruction.text(input: $0, reference: prompt.example.output, documents: $1) }
        } catch {
            throw PreparationError(
                """
                \(prompt.example.task.rawValue) row \(prompt.example.id): its instruction for a rationale without any \
                document has \(error.tokenCount) tokens, but the model that writes has room for \(error.limit) beside \
                rationale.maxNewTokens; lower that, or use a model with a longer context
                """)
        }
    }

    /// What decides the paths, for the run's identity.
    func add(to digest: inout DigestBuilder) {
        digest.add(writer.json)
        digest.add(model != nil)
        if let model { digest.add(model.weights) }
        digest.add(items.count)
        for item in items {
            digest.add(item.instruction)
            digest.add(item.fallback != nil)
            digest.add(item.fallback ?? "")
        }
    }
}
