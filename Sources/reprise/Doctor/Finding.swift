/// What a look at one thing of a machine found: a line for people.
struct Finding {
    /// How bad it is.
    enum Verdict: String {
        /// As it should be.
        case fine = "✓"
        /// Works, but worth knowing.
        case note = "!"
        /// Does not work.
        case bad = "✗"
    }

    let subject: String
    let verdict: Verdict
    let text: String

    init(_ subject: String, _ verdict: Verdict, _ text: String) {
        self.subject = subject
        self.verdict = verdict
        self.text = text
    }

    var line: String {
        "\(verdict.rawValue) \(subject)\(String(repeating: " ", count: max(1, 13 - subject.count)))\(text)"
    }
}
