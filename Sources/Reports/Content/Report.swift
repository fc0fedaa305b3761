/// What there is to say about one run or several: sections of tables, charts and texts, apart from how they are shown.
///
/// A pure value. Three renderers show the same content: `html`, `markdown` and `json`. A finished run always gives the
/// same report, byte for byte.
public struct Report: Sendable, Equatable {
    /// What it is about.
    public var title: String
    /// Short facts, such as the digest, by their names.
    public var facts: [Fact]
    /// The sections, in order.
    public var sections: [Section]

    /// One fact.
    public struct Fact: Sendable, Equatable {
        /// What it is.
        public var name: String
        /// The fact.
        public var value: Cell
    }

    /// A part with a heading.
    public struct Section: Sendable, Equatable {
        /// Names it in links and in JSON.
        public var id: String
        /// Its heading.
        public var title: String
        /// How its content is to be read.
        public var note: String
        /// Its content, in order.
        public var blocks: [Block]
    }

    /// A piece of a section.
    public enum Block: Sendable, Equatable {
        /// Rows and columns.
        case table(DataTable)
        /// Values over steps.
        case lines(LineChart)
        /// Distributions side by side.
        case histograms([HistogramPanel])
        /// One request with what different authors wrote.
        case excerpt(Excerpt)
        /// Text as it stands in a file.
        case listing(String)
    }

    init(title: String, facts: [Fact], sections: [Section?]) {
        self.title = title
        self.facts = facts
        self.sections = sections.compactMap { $0 }.filter { !$0.blocks.isEmpty }
    }
}

/// One request, and what different authors wrote, side by side.
public struct Excerpt: Sendable, Equatable {
    /// The task of the data.
    public var task: String
    /// Id of the row, unique in its task.
    public var row: String
    /// Why it is shown; may be empty.
    public var reason: String
    /// The request.
    public var request: String
    /// What was written, the reference first.
    public var texts: [Text]

    /// The task of the data, the row, and why it is shown.
    public var title: String { "\(task), row \(row)" + (reason.isEmpty ? "" : ": \(reason)") }

    /// One author's text.
    public struct Text: Sendable, Equatable {
        /// Who wrote it.
        public var author: String
        /// Its reward; nil for the reference, and where there is none.
        public var reward: Double?
        /// What was written before the answer; empty where nothing was.
        public var reasoning: String
        /// The text; nil for a trajectory without an answer.
        public var answer: String?
    }
}
