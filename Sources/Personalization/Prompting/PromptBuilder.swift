/// Everything between a row whose documents are ranked and a prompt: template and budget in one value, so that commands and
/// nodes write the same prompts.
public struct PromptBuilder: Sendable, Equatable {
    /// Writes prompt and target.
    public var template: PromptTemplate
    /// What the prompt may take.
    public var budget: PromptBudget
    /// Writes the reasoning path of targets.
    public var rationale: ProfileRationale

    /// Puts the parts together.
    public init(
        template: PromptTemplate, budget: PromptBudget, rationale: ProfileRationale = ProfileRationale()
    ) {
        self.template = template
        self.budget = budget
        self.rationale = rationale
    }

    /// The prompt of an example with the documents of its ranking. `countTokens` must be a pure function of its text.
    ///
    /// - Throws: `PromptTooLong` when the request alone does not fit.
    public func prompt(
        _ example: Example, ranking: Retriever.Ranking, countTokens: (String) -> Int
    ) throws(PromptTooLong) -> FittedPrompt {
        try budget.fit(
            template, input: example.input, documents: ranking.documents.map { example.profile[$0.index] },
            countTokens: countTokens)
    }

    /// What supervised fine-tuning teaches for an example: the summary of its whole profile and its reference, or the
    /// reference alone.
    public func target(_ example: Example) -> String {
        guard template.reasons else { return example.output }
        return template.target(reasoning: rationale.rationale(for: example.profile), output: example.output)
    }
}
