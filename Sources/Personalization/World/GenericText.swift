/// Text of the world by other writers, to pretrain a base model on.
extension SyntheticWorld {
    /// Pretraining texts until they hold `documents` documents.
    ///
    /// Each text shows one to `longest` documents of one writer as prompts show them (title line, then text), so that a
    /// model learns the language, that a text follows its title, and that writers repeat themselves. Requests, summaries and
    /// markers do not occur: the tasks are left to fine-tuning. The writers are drawn from `seed` and are not those of any
    /// split.
    public func genericText(
        seed: UInt64, documents: Int, longest: Int = 6,
        template: PromptTemplate = PromptTemplate(wording: .compact, reasons: false)
    ) -> [String] {
        var texts: [String] = []
        var written = 0
        var random = SeededRandom(seed: seed, label: "generic text")
        while written < documents {
            let grammar = WorldGrammar.all[texts.count % WorldGrammar.all.count]
            let traits = WriterTraits(grammar, &random)
            // Short sequences for the language, long ones for the habits.
            let count = min(documents - written, random.chance(0.25) ? 1 : 1 + random.below(max(1, longest)))
            let parts = (0..<count).map { index -> String in
                // The last of a sequence is as long as what a row asks for.
                let text = WorldText(traits, grammar, strength, forProfile: index + 1 < count, &random)
                return template.document(Document(title: text.title(grammar), text: text.rendered(grammar)))
            }
            texts.append(parts.joined(separator: "\n") + "\n")
            written += count
        }
        return texts
    }
}
