import Numerics
import Synchronization

/// Chooses which documents of the profile a prompt shows.
public enum Retriever: Sendable {
    /// No documents.
    case none
    /// The documents most like the query by BM25.
    case bm25(BM25.Parameters)
    /// The documents most like the query by an encoder's vectors.
    case dense(DenseRetriever)
    /// Drawn without replacement by the run's seed and the example's id.
    case random(seed: UInt64)
    /// The first of the profile.
    case first
    /// The last of the profile, newest first: LongLaMP's profiles run from old to new.
    case recent

    /// The names configurations and commands use.
    public enum Kind: String, Sendable, CaseIterable {
        case bm25, dense, recent, first, random, none
    }

    /// A document's place in the profile with its score; higher is better.
    public struct Ranked: Sendable, Equatable {
        /// Index into the profile.
        public var index: Int
        /// BM25's score or the likeness of vectors; 0 for retrievers that do not score.
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

    /// The k best documents of each example's profile. k above a profile's size takes all of it and says so.
    ///
    /// - Parameters:
    ///   - threads: at most so many; a ranking never depends on them, nor on the examples beside it.
    ///   - progress: called from any thread with the number of texts (queries and documents) done since its last call.
    /// - Throws: `RetrievalError` when an encoder or its cache cannot be used; only `dense` does.
    public func rank(
        _ examples: [Example], k: Int, words: WordRule = .words, threads: Int = 1,
        progress: (@Sendable (Int) -> Void)? = nil
    ) throws(RetrievalError) -> [Ranking] {
        if case .dense(let retriever) = self {
            let scores = try retriever.scores(examples, threads: threads, progress: progress)
            return zip(examples, scores).map { Self.ranking(Self.sorted($1), of: $0, k: k) }
        }
        let rankings = Mutex([Ranking](repeating: Ranking(documents: [], wasClamped: false), count: examples.count))
        parallel(slots: threads, count: examples.count) { index in
            let ranking = self.unlearned(examples[index], k: k, words: words)
            rankings.withLock { $0[index] = ranking }
            progress?(Self.textCount(examples[index]))
        }
        return rankings.withLock { $0 }
    }

    /// Texts that ranking an example looks at: its query and its documents.
    public static func textCount(_ example: Example) -> Int { 1 + example.profile.count }

    /// The ranking by a rule that needs no model.
    private func unlearned(_ example: Example, k: Int, words: WordRule) -> Ranking {
        let count = example.profile.count
        switch self {
        case .none, .dense:
            return Ranking(documents: [], wasClamped: false)
        case .first:
            return Self.ranking((0..<count).map { Ranked(index: $0, score: 0) }, of: example, k: k)
        case .recent:
            return Self.ranking((0..<count).reversed().map { Ranked(index: $0, score: 0) }, of: example, k: k)
        case .random(let seed):
            var random = SeededRandom(seed: seed, label: example.id)
            let order = random.shuffled(Array(0..<count)).map { Ranked(index: $0, score: 0) }
            return Self.ranking(order, of: example, k: k)
        case .bm25(let parameters):
            let index = BM25(
                documents: example.profile.map { words.words(of: $0.searchText) }, parameters: parameters)
            let query = words.words(of: example.task.query(input: example.input))
            return Self.ranking(Self.sorted(index.scores(query: query)), of: example, k: k)
        }
    }

    private static func sorted(_ scores: [Double]) -> [Ranked] {
        scores.enumerated().map { Ranked(index: $0.offset, score: $0.element) }
            .sorted { $0.score != $1.score ? $0.score > $1.score : $0.index < $1.index }
    }

    private static func ranking(_ order: [Ranked], of example: Example, k: Int) -> Ranking {
        Ranking(documents: Array(order.prefix(max(0, k))), wasClamped: k > example.profile.count)
    }
}
