/// The personalised writing tasks, in LongLaMP's schema.
///
/// LongLaMP (arXiv 2407.11016) defines four: the review of a product, the abstract of a paper, the text of a post, and the
/// rest of an e-mail. `commit_writing` is a fifth in the same schema as topic writing: the explanation of a change to a
/// program. The tasks differ only in the names of their fields and in which part of the input makes the retrieval query.
public enum WritingTask: String, Sendable, Hashable, CaseIterable, Comparable {
    /// Write the text of a product review from rating, description and summary.
    case productReview = "product_review"
    /// Write a paper's abstract from its title and keywords.
    case abstractGeneration = "abstract_generation"
    /// Write a post from its title.
    case topicWriting = "topic_writing"
    /// Complete an e-mail from its subject and beginning.
    case emailCompletion = "email_completion"
    /// Write the explanation of a change from its subject line.
    case commitWriting = "commit_writing"

    /// In the order of declaration, which is also the order in which files are read.
    public static func < (a: WritingTask, b: WritingTask) -> Bool { a.position < b.position }

    var position: Int { WritingTask.allCases.firstIndex(of: self) ?? 0 }

    /// The row's field that names the user.
    public var userField: String {
        switch self {
        case .productReview: "reviewerId"
        case .abstractGeneration: "name"
        case .topicWriting, .commitWriting: "author"
        case .emailCompletion: "user_id"
        }
    }

    /// The profile item's field that holds its title.
    public var titleField: String {
        switch self {
        case .productReview, .topicWriting, .commitWriting: "summary"
        case .abstractGeneration, .emailCompletion: "title"
        }
    }

    /// The profile item's field that holds its text.
    public var textField: String {
        switch self {
        case .productReview: "reviewText"
        case .abstractGeneration: "abstract"
        case .topicWriting, .commitWriting: "content"
        case .emailCompletion: "text"
        }
    }

    /// The profile item's field that holds a rating from 1 to 5, where the task has ratings.
    public var ratingField: String? { self == .productReview ? "overall" : nil }

    /// The profile item's field that describes what the text is about, where the task has one.
    public var subjectField: String? { self == .productReview ? "description" : nil }

    /// The part of the input that the profile is searched with: the keywords after `items:` for abstracts, what follows
    /// the first colon for e-mails, the whole input for the others (LongLaMP's own queries).
    public func query(input: String) -> String {
        switch self {
        case .abstractGeneration: Self.after("items:", in: input) ?? input
        case .emailCompletion: Self.after(":", in: input) ?? input
        case .productReview, .topicWriting, .commitWriting: input
        }
    }

    private static func after(_ marker: String, in text: String) -> String? {
        let (bytes, wanted) = (Array(text.utf8), Array(marker.utf8))
        guard bytes.count >= wanted.count else { return nil }
        for start in 0...(bytes.count - wanted.count) where bytes[start..<(start + wanted.count)].elementsEqual(wanted)
        {
            let rest = Trimmed.text(String(decoding: bytes[(start + wanted.count)...], as: UTF8.self))
            return rest.isEmpty ? nil : rest
        }
        return nil
    }
}

/// Text without the white space at its ends.
enum Trimmed {
    static func text(_ text: some StringProtocol) -> String {
        guard let first = text.firstIndex(where: { !$0.isWhitespace }),
            let last = text.lastIndex(where: { !$0.isWhitespace })
        else { return "" }
        return String(text[first...last])
    }
}
