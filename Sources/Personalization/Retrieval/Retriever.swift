/// Chooses which documents of the profile a prompt shows.
public enum Retriever: Sendable, Equatable {
    /// No documents.
    case none
    /// The documents most like the query by BM25.
    case bm25(BM25.Parameters)
    /// Drawn without replacement by the run's seed and the example's id.
    case random(seed: UInt64)
    /// The first of the profile.
    case first
    /// The last of the profile, newest first: LongLaMP's profiles run from old to new.
    case recent

    /// The names configurations and commands use.
    public static let names = ["bm25", "none", "random", "first", "recent"]

    /// The retriever of a name; `seed` is that of `random`. Nil for a name that is not in `names`.
    public init?(named name: String, seed: UInt64) {
        switch name {
        case "bm25": self = .bm25(BM25.Parameters())
        case "none": self = .none
        case "random": self = .random(seed: seed)
        case "first": self = .first
        case "recent": self = .recent
        default: return nil
        }
    }

    /// A document's place in the profile with its score; higher is better.
    public struct Ranked: Sendable, Equatable {
        /// Index into the profile.
        public var index: Int
        /// BM25's score; 0 for retrievers that do not score.
        public var score: Double
        /// Pairs an index with a score.
        public init(index: Int, score: Double) {
            self.index = index
            self.score = score
        }
    }

    /// The best documents and what was asked.
    public struct Ranking: Sendable, Equatable {
        /// Best first; ties by lower index.
        public var documents: [Ranked]
        /// k was larger than the profile, so all of it was taken.
        public var wasClamped: Bool
    }

    /// The k best documents of the example's profile. k above the profile's size takes all of it and says so.
    public func rank(_ example: Example, k: Int, words: WordRule = .words) -> Ranking {
        let count = example.profile.count
        let order: [Ranked]
        switch self {
        case .none:
            return Ranking(documents: [], wasClamped: false)
        case .first:
            order = (0..<count).map { Ranked(index: $0, score: 0) }
        case .recent:
            order = (0..<count).reversed().map { Ranked(index: $0, score: 0) }
        case .random(let seed):
            var random = SeededRandom(seed: seed, label: example.id)
            order = random.shuffled(Array(0..<count)).map { Ranked(index: $0, score: 0) }
        case .bm25(let parameters):
            let index = BM25(
                documents: example.profile.map { words.words(of: $0.searchText) }, parameters: parameters)
            let query = words.words(of: example.task.query(input: example.input))
            order = index.scores(query: query).enumerated().map { Ranked(index: $0.offset, score: $0.element) }
                .sorted { $0.score != $1.score ? $0.score > $1.score : $0.index < $1.index }
        }
        return Ranking(documents: Array(order.prefix(max(0, k))), wasClamped: k > count)
    }
}
