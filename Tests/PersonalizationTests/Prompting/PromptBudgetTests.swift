import Testing

@testable import Personalization

@Suite struct PromptBudgetTests {
    private let template = PromptTemplate(wording: .compact, reasons: true)
    private let documents = [
        Document(title: "A", text: "a1 a2 a3 a4"), Document(title: "B", text: "b1 b2 b3 b4 b5 b6"),
        Document(title: "C", text: "c1"),
    ]

    private func count(_ text: String) -> Int { text.split(whereSeparator: \.isWhitespace).count }

    /// Whole, the prompt has 6 + 8 + 3 + 2 words.
    @Test func whatFitsIsWhole() throws {
        let prompt = try PromptBudget(limit: 19).fit(template, input: "x", documents: documents, countTokens: count)
        #expect(prompt.isWhole)
        #expect(prompt.tokenCount == 19)
        #expect(prompt.documents == documents)
    }

    @Test func lowestRankedGoFirst() throws {
        let prompt = try PromptBudget(limit: 18).fit(template, input: "x", documents: documents, countTokens: count)
        #expect(prompt.droppedDocuments == 1 && prompt.cutWords == 0)
        #expect(prompt.text == "# A\na1 a2 a3 a4\n# B\nb1 b2 b3 b4 b5 b6\n> x\n")
    }

    @Test func thenTheLongestIsCut() throws {
        let budget = PromptBudget(limit: 14, keepsAtLeast: 2)
        let prompt = try budget.fit(template, input: "x", documents: documents, countTokens: count)
        #expect(prompt.text == "# A\na1 a2 a3 a4\n# B\nb1 b2 b3 b4\n> x\n")
        #expect(prompt.droppedDocuments == 1 && prompt.cutWords == 2 && prompt.tokenCount == 14)
    }

    @Test func aTooLongRequestIsAnError() throws {
        let bare = try PromptBudget(limit: 4).fit(template, input: "x", documents: documents, countTokens: count)
        #expect(bare.documents.isEmpty && bare.droppedDocuments == 3 && bare.text == "> x\n")
        #expect(throws: PromptTooLong(tokenCount: 2, limit: 1)) {
            _ = try PromptBudget(limit: 1).fit(template, input: "x", documents: documents, countTokens: count)
        }
    }

    @Test func aTooLongRequestIsCutWhenAskedFor() throws {
        let budget = PromptBudget(limit: 4, cutsRequest: true)
        let prompt = try budget.fit(template, input: "x1 x2 x3 x4 x5", documents: documents, countTokens: count)
        #expect(prompt.text == "> x1 x2 x3\n")
        #expect(prompt.droppedDocuments == 3 && prompt.cutRequestWords == 2 && prompt.tokenCount == 4)
        #expect(!prompt.isWhole)
        // Not even one word fits.
        #expect(throws: PromptTooLong(tokenCount: 6, limit: 1)) {
            _ = try PromptBudget(limit: 1, cutsRequest: true)
                .fit(template, input: "x1 x2 x3 x4 x5", documents: [], countTokens: count)
        }
    }
}
