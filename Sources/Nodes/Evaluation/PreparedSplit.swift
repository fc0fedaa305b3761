public import Configuration
public import Personalization
public import RolloutCore

/// One split's prompts alone, as a run of the same configuration and base has them.
public struct PreparedSplit: Sendable {
    /// Which split.
    public let split: Split
    /// In the order of the rows.
    public let prompts: [PreparedPrompt]
    /// The template of prompts and targets.
    public let template: PromptTemplate
    /// What was loaded, cut and left out: lines for people.
    public let summary: [String]

    /// Loads the split and prepares its prompts.
    ///
    /// - Parameters:
    ///   - embeddings: a directory where the vectors of dense retrieval stay for the next time; nil keeps none.
    ///   - progress: told, from any thread, how far the search through profiles is.
    /// - Throws: one sentence about the file, row or setting that is wrong.
    public init(
        _ split: Split, _ configuration: RunConfiguration, base: BaseModel, embeddings: String? = nil,
        progress: (@Sendable (SearchProgress) -> Void)? = nil
    ) throws {
        self.split = split
        template = try PreparedRun.template(configuration)
        let search = try ProfileSearch(configuration, embeddings: embeddings, report: progress)
        let preparer = try PromptPreparer(configuration, template: template, base: base, search: search)
        let (examples, loaded) = try PreparedRun.load(split, configuration)
        var counts = PromptCounts()
        prompts = try preparer.prepare(examples, split: split, counts: &counts)
        guard !prompts.isEmpty else {
            throw PreparationError(
                "no \(split) rows are left to evaluate on; allow empty profiles or name another split")
        }
        summary = loaded.lines + counts.lines("\(split)") + search.summary
    }
}
