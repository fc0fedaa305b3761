/// Writes what a model reads (input text) and what it is to write (target text).
///
/// The input is the same for every sample of a prompt, so that it is computed once. Every piece ends in a line break: the
/// tokens of input and target can be put together without changing at the seam.
public struct PromptTemplate: Sendable, Equatable {
    /// The words around the content.
    public var wording: TemplateWording
    /// Whether the model summarises the writer before it answers.
    public var reasons: Bool

    /// A template of the wording, with or without a reasoning path.
    public init(wording: TemplateWording, reasons: Bool) {
        self.wording = wording
        self.reasons = reasons
    }

    /// The line that announces the answer, where the model reasons first.
    public var answerMarker: String { wording.answerMarker }

    /// The model's input for a request and the retrieved documents, best first.
    public func prompt(input: String, documents: [Document]) -> String {
        var lines: [String] = []
        let instruction = reasons ? wording.reasoningInstruction : wording.instruction
        if !instruction.isEmpty { lines.append(instruction) }
        if !documents.isEmpty, !wording.documentsHeader.isEmpty { lines.append(wording.documentsHeader) }
        for document in documents { lines.append(self.document(document)) }
        lines.append(wording.requestPrefix + input)
        if !reasons, !wording.answerCue.isEmpty { lines.append(wording.answerCue) }
        return lines.joined(separator: "\n") + "\n"
    }

    /// One document as prompts show it: its title on a line of its own, then its text.
    ///
    /// What a product is about is not shown: the text says it, and descriptions are long.
    public func document(_ document: Document) -> String {
        switch (document.title.isEmpty, document.text.isEmpty) {
        case (false, false): wording.titlePrefix + document.title + "\n" + document.text
        case (false, true): wording.titlePrefix + document.title
        case (true, _): wording.titlePrefix + document.text
        }
    }

    /// The model's target: opening, summary (if there is one), marker and answer, or the answer alone when the template
    /// does not reason.
    public func target(reasoning: String, output: String) -> String {
        guard reasons else { return output }
        let summary = reasoning.isEmpty ? [] : [reasoning]
        return ([wording.opening] + summary + [wording.answerMarker, output]).joined(separator: "\n")
    }

    /// Takes a sampled continuation apart.
    public func parse(_ text: String) -> ParsedTrajectory {
        guard reasons else {
            let answer = Trimmed.text(text)
            return ParsedTrajectory(reasoning: "", answer: answer.isEmpty ? nil : answer)
        }
        var parsed = TrajectoryParser.parse(text, marker: wording.answerMarker)
        if parsed.reasoning.hasPrefix(wording.opening) {
            parsed.reasoning = Trimmed.text(parsed.reasoning.dropFirst(wording.opening.count))
        }
        return parsed
    }
}
