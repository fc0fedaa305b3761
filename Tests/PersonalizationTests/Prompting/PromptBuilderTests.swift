import Testing

@testable import Personalization

@Suite struct PromptBuilderTests {
    private let example = Example(
        id: "1", task: .topicWriting, user: "u", input: "about lamps", output: "Yes, lamps.",
        profile: [
            Document(title: "clocks", text: "Howdy, clocks."), Document(title: "lamps", text: "Howdy, lamps."),
            Document(title: "bells", text: "Howdy, bells."),
        ])

    private func builder(k: Int, reasons: Bool, limit: Int = 100) -> PromptBuilder {
        PromptBuilder(
            retriever: .bm25(BM25.Parameters()), k: k, template: PromptTemplate(wording: .compact, reasons: reasons),
            budget: PromptBudget(limit: limit))
    }

    @Test func retrievalTemplateAndBudgetWorkTogether() throws {
        let built = try builder(k: 2, reasons: true).prompt(example) { $0.utf8.count }
        #expect(built.prompt.text == "# lamps\nHowdy, lamps.\n# clocks\nHowdy, clocks.\n> about lamps\n")
        #expect(built.prompt.tokenCount == built.prompt.text.utf8.count && !built.wasClamped)
        let short = try builder(k: 9, reasons: true, limit: 42).prompt(example) { $0.utf8.count }
        #expect(short.prompt.text == "# lamps\nHowdy, lamps.\n> about lamps\n")
        #expect(short.prompt.droppedDocuments == 2 && short.wasClamped)
    }

    @Test func targetsHoldTheSummaryWhereTheModelReasons() {
        #expect(
            builder(k: 1, reasons: true).target(example)
                == "Habits:\n- opening: Howdy\n- length: 1 sentence\nAnswer:\nYes, lamps.")
        #expect(builder(k: 1, reasons: false).target(example) == "Yes, lamps.")
    }

    @Test(arguments: Retriever.names) func retrieversHaveNames(name: String) {
        #expect(Retriever(named: name, seed: 1) != nil)
        #expect(Retriever(named: name + "x", seed: 1) == nil)
    }
}
