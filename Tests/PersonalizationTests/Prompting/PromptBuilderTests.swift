import Testing

@testable import Personalization

@Suite struct PromptBuilderTests {
    private let example = Example(
        id: "1", task: .topicWriting, user: "u", input: "about lamps", output: "Yes, lamps.",
        profile: [
            Document(title: "clocks", text: "Howdy, clocks."), Document(title: "lamps", text: "Howdy, lamps."),
            Document(title: "bells", text: "Howdy, bells."),
        ])

    private func builder(reasons: Bool, limit: Int = 100) -> PromptBuilder {
        PromptBuilder(
            template: PromptTemplate(wording: .compact, reasons: reasons), budget: PromptBudget(limit: limit))
    }

    private func prompt(k: Int, limit: Int = 100) throws -> FittedPrompt {
        let ranking = try #require(try Retriever.bm25(BM25.Parameters()).rank([example], k: k).first)
        return try builder(reasons: true, limit: limit).prompt(example, ranking: ranking) { $0.utf8.count }
    }

    @Test func retrievalTemplateAndBudgetWorkTogether() throws {
        let whole = try prompt(k: 2)
        #expect(whole.text == "# lamps\nHowdy, lamps.\n# clocks\nHowdy, clocks.\n> about lamps\n")
        #expect(whole.tokenCount == whole.text.utf8.count)
        let short = try prompt(k: 9, limit: 42)
        #expect(short.text == "# lamps\nHowdy, lamps.\n> about lamps\n")
        #expect(short.droppedDocuments == 2)
    }

    @Test func targetsHoldTheSummaryWhereTheModelReasons() {
        #expect(
            builder(reasons: true).target(example)
                == "Habits:\n- opening: Howdy\n- length: 1 sentence\nAnswer:\nYes, lamps.")
        #expect(builder(reasons: false).target(example) == "Yes, lamps.")
    }
}
