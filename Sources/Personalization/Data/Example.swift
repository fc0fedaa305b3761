public import JSONLines

/// One earlier text of a user: an item of the profile.
public struct Document: Sendable, Equatable {
    /// Title, summary or subject; empty when the item has none.
    public var title: String
    /// The text itself.
    public var text: String
    /// What the text is about, where the task says it (a product's description); else empty.
    public var subject: String
    /// Stars given, where the task has ratings.
    public var rating: Double?
    /// The item as it was read, unknown fields included, in order.
    public var fields: JSONObject

    /// Creates a document; `fields` keep whatever else was read.
    public init(
        title: String, text: String, subject: String = "", rating: Double? = nil, fields: JSONObject = JSONObject()
    ) {
        self.title = title
        self.text = text
        self.subject = subject
        self.rating = rating
        self.fields = fields
    }

    /// What retrieval reads: title, subject and text.
    public var searchText: String {
        [title, subject, text].filter { !$0.isEmpty }.joined(separator: " ")
    }
}

/// One row of a data set: what is asked (x), what the user wrote (y), and what the user wrote before (P).
public struct Example: Sendable, Equatable {
    /// Unique within its split; derived from task, user and input when the row has none.
    public var id: String
    /// Which schema the row follows.
    public var task: WritingTask
    /// Who wrote it.
    public var user: String
    /// The instruction, white space at its ends removed (x).
    public var input: String
    /// The reference, white space at its ends removed (y).
    public var output: String
    /// Earlier texts, in the row's order.
    public var profile: [Document]
    /// The row as it was read, unknown fields included, in order.
    public var row: JSONObject

    /// Creates an example from its parts.
    public init(
        id: String, task: WritingTask, user: String, input: String, output: String, profile: [Document],
        row: JSONObject = JSONObject()
    ) {
        self.id = id
        self.task = task
        self.user = user
        self.input = input
        self.output = output
        self.profile = profile
        self.row = row
    }
}
