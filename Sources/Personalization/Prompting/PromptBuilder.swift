/// Everything between a row and a prompt: retrieval, template and budget in one value, so that commands and nodes write the
/// same prompts.
public struct PromptBuilder: Sendable, Equatable {
    /// Chooses the documents.
    public var retriever: Retriever
    /// How many documents at most.
    public var k: Int
    /// How retrieval cuts text into words.
    public var words: WordRule
    /// Writes prompt and target.
    public var template: PromptTemplate
    /// What the prompt may take.
    public var budget: PromptBudget
    /// Writes the reasoning path of targets.
    public var rationale: ProfileRationale

    /// Puts the parts together.
    public init(
        retriever: Retriever, k: Int, words: WordRule = .words, template: PromptTemplate, budget: PromptBudget,
        rationale: ProfileRationale = ProfileRationale()
    ) {
        self.retriever = retriever
        self.k = k
        self.words = words
        self.template = template
        self.budget = budget
        self.rationale = rationale
    }

    /// A prompt and how it came about.
    public struct Built: Sendable, Equatable {
        /// The model's input.
        public var prompt: FittedPrompt
        /// k was larger than the profile.
        public var wasClamped: Bool
    }

    /// The prompt of an example. `countTokens` must be a pure function of its text.
    ///
    /// - Throws: `PromptTooLong` when the request alone does not fit.
    public func prompt(_ example: Example, countTokens: (String) -> Int) throws(PromptTooLong) -> Built {
        let ranking = retriever.rank(example, k: k, words: words)
        let prompt = try budget.fit(
            template, input: example.input, documents: ranking.documents.map { example.profile[$0.index] },
            countTokens: countTokens)
        return Built(prompt: prompt, wasClamped: ranking.wasClamped)
    }

    /// What supervised fine-tuning teaches for an example: the summary of its whole profile and its reference, or the
    /// reference alone.
    public func target(_ example: Example) -> String {
        guard template.reasons else { return example.output }
        return template.target(reasoning: rationale.rationale(for: example.profile), output: example.output)
    }
}
