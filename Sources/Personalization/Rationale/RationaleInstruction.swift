/// What a model is asked that writes a reasoning path (REST-PG, section 3 and its stage 0, by structure: profile, request
/// **and** the user's own text are shown; the path sums up interests, familiarity, style and frequent words in bullets, may
/// carry over from one subject to another, uses the profile alone and gives nothing of the user's text away). All wording of
/// stage 0 lives in this file.
public struct RationaleInstruction: Sendable, Equatable {
    private let wording: TemplateWording

    /// Instructions in full sentences; where prompts have none (`TemplateWording.compact`), the same content in the format of
    /// prompts, for small models that only ever saw that.
    public init(wording: TemplateWording) { self.wording = wording }

    /// The instruction for one prompt. It ends in a line break, so that the tokens of what follows do not change at the seam.
    public func text(input: String, reference: String, documents: [Document]) -> String {
        wording.reasoningInstruction.isEmpty
            ? PromptTemplate(wording: wording, reasons: true).prompt(input: input, documents: documents)
                + "\(reference)\n\(wording.opening)\n"
            : Self.sentences(input, reference, documents)
    }

    private static func sentences(_ input: String, _ reference: String, _ documents: [Document]) -> String {
        let shown = documents.isEmpty ? "(none)" : documents.map(document).joined(separator: "\n\n")
        return """
            Below are earlier texts by one writer, a request, and what this writer went on to write for it. Sum up, for \
            somebody who has to write in this writer's place, what the earlier texts show of the writer: interests, how \
            familiar the writer is with the subject, tone and habits of style, words and phrases that keep coming back. \
            What the earlier texts show on another subject may be carried over to that of the request. Let the last text \
            tell you which traits matter; draw every statement from the earlier texts alone, and neither quote nor \
            mention the last text: your reader will not have it.

            [Earlier texts]
            \(shown)
            [End of the earlier texts]

            [Request]
            \(input)
            [End of the request]

            [What the writer wrote]
            \(reference)
            [End of what the writer wrote]

            Write the summary as short bullets, one on a line, each beginning with "- ", and nothing else.

            """
    }

    /// What a path may repeat: the request and the earlier texts.
    public static func known(input: String, documents: [Document]) -> String {
        ([input] + documents.map(document)).joined(separator: "\n\n")
    }

    private static func document(_ document: Document) -> String {
        [document.title, document.text].filter { !$0.isEmpty }.joined(separator: "\n")
    }
}
