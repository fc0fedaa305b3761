/// The words and marks a prompt is put together from. All wording lives in this file.
///
/// The order is fixed: instruction, documents best first, request, cue; the model continues with the opening, its summary
/// of the writer, the marker and the answer (REST-PG, section 3), or with the answer at once.
public struct TemplateWording: Sendable, Equatable {
    /// First line when the model is to answer at once; may be empty.
    public var instruction: String
    /// First line when the model is to summarise the writer first; may be empty.
    public var reasoningInstruction: String
    /// Line above the documents; left out with them when there are none.
    public var documentsHeader: String
    /// Before each document's title.
    public var titlePrefix: String
    /// Before the request (x).
    public var requestPrefix: String
    /// Last line of the prompt when the model is to answer at once; may be empty.
    public var answerCue: String
    /// First line the model writes when it summarises the writer first.
    public var opening: String
    /// The line that ends the summary and announces the answer.
    public var answerMarker: String

    /// Full sentences, for models that read instructions.
    public static let standard = TemplateWording(
        instruction: "Answer the request as the writer of the texts below would, with their preferences and style.",
        reasoningInstruction: """
            Answer the request as the writer of the texts below would, with their preferences and style. First summarise \
            the writer's interests and habits, then write the answer.
            """,
        documentsHeader: "Texts by this writer:",
        titlePrefix: "# ",
        requestPrefix: "Request: ",
        answerCue: "Answer:",
        opening: "The writer's interests and habits:",
        answerMarker: "The answer in the writer's style:")

    /// As few tokens as possible, for small models that only ever see this format.
    public static let compact = TemplateWording(
        instruction: "", reasoningInstruction: "", documentsHeader: "", titlePrefix: "# ", requestPrefix: "> ",
        answerCue: "", opening: "Habits:", answerMarker: "Answer:")

    /// The wordings by the names configurations use.
    public static let named: [(name: String, wording: TemplateWording)] = [
        ("standard", standard), ("compact", compact),
    ]

    /// The named wording, if there is one of that name.
    public init?(named name: String) {
        guard let found = Self.named.first(where: { $0.name == name }) else { return nil }
        self = found.wording
    }

    /// Wording of one's own. The marker must be one line that no summary contains.
    public init(
        instruction: String, reasoningInstruction: String, documentsHeader: String, titlePrefix: String,
        requestPrefix: String, answerCue: String, opening: String, answerMarker: String
    ) {
        self.instruction = instruction
        self.reasoningInstruction = reasoningInstruction
        self.documentsHeader = documentsHeader
        self.titlePrefix = titlePrefix
        self.requestPrefix = requestPrefix
        self.answerCue = answerCue
        self.opening = opening
        self.answerMarker = answerMarker
    }
}
