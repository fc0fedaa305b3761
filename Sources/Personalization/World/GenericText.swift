/// Text of the world by other writers, to pretrain a base model on.
extension SyntheticWorld {
    /// Pretraining texts until they hold `documents` documents.
    ///
    /// A text shows documents of one writer as prompts show them (title line, then text). A fifth of the texts end there;
    /// two fifths go on with a request and what the writer wrote, two fifths with a request, a summary of the documents and
    /// what the writer wrote. So a base model knows the language, that writers repeat
    /// themselves and what requests and summaries are, as a large one would; which of them is wanted, and how to write so
    /// that a reward is high, is left to fine-tuning. The writers are drawn from `seed` and are not those of any split.
    public func genericText(
        seed: UInt64, documents: Int, longest: Int = 6, wording: TemplateWording = .compact
    ) -> [String] {
        var texts: [String] = []
        var written = 0
        var random = SeededRandom(seed: seed, label: "generic text")
        while written < documents {
            let grammar = WorldGrammar.all[texts.count % WorldGrammar.all.count]
            let traits = WriterTraits(grammar, &random)
            // Short sequences for the language, long ones for the habits.
            let count = min(documents - written, random.chance(0.2) ? 1 : 1 + random.below(max(1, longest)))
            let continuation = Continuation(&random)
            let parts = (0..<count).map { _ in WorldText(traits, grammar, strength, forProfile: true, &random) }
            // What a row asks for is longer than what profiles hold.
            let answer = WorldText(traits, grammar, strength, forProfile: false, &random)
            let writer = Writer(number: texts.count, grammar: grammar, traits: traits, documents: parts, answer: answer)
            texts.append(continuation.text(Self.example(writer, .train), wording))
            written += count
        }
        return texts
    }

    /// What follows the documents of a generic text.
    private enum Continuation {
        case nothing, answer, summaryAndAnswer

        init(_ random: inout SeededRandom) {
            self = [.nothing, .answer, .summaryAndAnswer][random.weighted([1, 2, 2])]
        }

        func text(_ example: Example, _ wording: TemplateWording) -> String {
            let plain = PromptTemplate(wording: wording, reasons: false)
            let documents = example.profile.map(plain.document).joined(separator: "\n") + "\n"
            switch self {
            case .nothing: return documents
            case .answer:
                return plain.prompt(input: example.input, documents: example.profile) + example.output + "\n"
            case .summaryAndAnswer:
                let reasoning = PromptTemplate(wording: wording, reasons: true)
                return reasoning.prompt(input: example.input, documents: example.profile)
                    + reasoning.target(
                        reasoning: ProfileRationale().rationale(for: example.profile), output: example.output) + "\n"
            }
        }
    }
}
