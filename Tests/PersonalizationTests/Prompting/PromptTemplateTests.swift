import Testing

@testable import Personalization

@Suite struct PromptTemplateTests {
    private let documents = [Document(title: "Lamp", text: "I like it."), Document(title: "", text: "Untitled.")]

    @Test func compactPromptAndTarget() {
        let template = PromptTemplate(wording: .compact, reasons: true)
        #expect(
            template.prompt(input: "Write.", documents: documents) == "# Lamp\nI like it.\n# Untitled.\n> Write.\n")
        #expect(
            template.target(reasoning: "- opening: Well", output: "Well, yes.")
                == "Habits:\n- opening: Well\nAnswer:\nWell, yes.")
        #expect(PromptTemplate(wording: .compact, reasons: false).target(reasoning: "z", output: "y") == "y")
    }

    @Test func headerIsLeftOutWithoutDocuments() {
        let template = PromptTemplate(wording: .standard, reasons: false)
        let prompt = template.prompt(input: "Write.", documents: [])
        #expect(!prompt.contains("Texts by"))
        #expect(prompt.hasSuffix("Request: Write.\nAnswer:\n"))
        #expect(template.prompt(input: "Write.", documents: documents).contains("Texts by this writer:\n# Lamp\n"))
    }

    @Test(arguments: TemplateWording.named.map(\.name), [true, false])
    func targetsAreParsedBack(name: String, reasons: Bool) throws {
        let template = PromptTemplate(wording: try #require(TemplateWording(named: name)), reasons: reasons)
        let parsed = template.parse(template.target(reasoning: "- a: b\n- c: d", output: "The answer: yes.\nIt is."))
        #expect(parsed.answer == "The answer: yes.\nIt is.")
        #expect(parsed.reasoning == (reasons ? "- a: b\n- c: d" : ""))
    }
}
