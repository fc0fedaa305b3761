import Synchronization
import Testing

@testable import Personalization

@Suite struct DenseRetrieverTests {
    private let embedder = FakeEmbedder()

    private func example(_ id: String, _ documents: [String], input: String = "aab") -> Example {
        Example(
            id: id, task: .topicWriting, user: id, input: input, output: "",
            profile: documents.map { Document(title: "", text: $0) })
    }

    private func retriever(
        _ similarity: DenseRetriever.Similarity = .dot, memory: Int = 1 << 20
    ) throws -> Retriever {
        .dense(DenseRetriever(try EmbeddingCache(embedder, memory: memory), similarity: similarity))
    }

    @Test func theProductFavoursLengthAndTheCosineDirection() throws {
        let row = example("1", ["bbbbbb", "ab", "aab", "zzz"])
        let dot = try retriever(.dot).rank([row], k: 4)[0]
        #expect(dot.documents.map(\.index) == [0, 2, 1, 3])
        #expect(dot.documents.map(\.score) == [6, 5, 3, 0])
        let cosine = try retriever(.cosine).rank([row], k: 4)[0]
        #expect(cosine.documents.map(\.index) == [2, 1, 0, 3])
        #expect(abs(cosine.documents[0].score - 1) < 1e-12)
        #expect(cosine.documents[3].score == 0)
    }

    @Test func tiesGoToTheLowerIndexAndKIsClamped() throws {
        let ranking = try retriever().rank([example("1", ["b", "a", "b", "a", ""])], k: 9)[0]
        #expect(ranking.documents.map(\.index) == [1, 3, 0, 2, 4])
        #expect(ranking.wasClamped)
        let empty = try retriever(.cosine).rank([example("1", ["", ""], input: "x")], k: 1)[0]
        #expect(empty.documents == [Retriever.Ranked(index: 0, score: 0)])
        #expect(try retriever().rank([example("1", [])], k: 2)[0].documents.isEmpty)
        #expect(try retriever().rank([], k: 2).isEmpty)
    }

    @Test func queriesAreThoseOfTheTask() throws {
        let row = Example(
            id: "1", task: .abstractGeneration, user: "u", input: "Abstract of \"zzz\" with the following items: ab, c",
            output: "", profile: [Document(title: "zzz", text: ""), Document(title: "a", text: "b")])
        #expect(try retriever().rank([row], k: 1)[0].documents.map(\.index) == [1])
        #expect(embedder.texts == ["a b", "ab, c", "zzz"])
    }

    @Test func everyTextIsEmbeddedOnce() throws {
        let retriever = try retriever()
        let rows = (0..<5).map { example("\($0)", ["one", "two", "own \($0)"]) }
        _ = try retriever.rank(rows, k: 2)
        _ = try retriever.rank(rows, k: 2)
        #expect(embedder.texts == ["aab", "one", "own 0", "own 1", "own 2", "own 3", "own 4", "two"])
    }

    @Test func blocksMemoryAndThreadsChangeNothing() throws {
        let rows = (0..<60).map { row in
            example(
                "\(row)", (0..<60).map { "document \(row * 7 % 50) \($0)" + String(repeating: "ab", count: $0 % 9) })
        }
        let whole = try retriever(.cosine).rank(rows, k: 5)
        // Room for two vectors: what was dropped is computed again.
        #expect(try retriever(.cosine, memory: 2 * 4 * 26).rank(rows, k: 5, threads: 3) == whole)
        #expect(try rows.map { try retriever(.cosine).rank([$0], k: 5)[0] } == whole)
    }

    @Test func progressEndsWithEveryText() throws {
        let rows = (0..<5).map { example("\($0)", ["one", "two", "one", "own \($0)"]) }
        for retriever in [try retriever(), .bm25(BM25.Parameters())] {
            let done = Mutex(0)
            _ = try retriever.rank(rows, k: 2) { count in done.withLock { $0 += count } }
            #expect(done.withLock { $0 } == 25)
            #expect(rows.reduce(0) { $0 + Retriever.textCount($1) } == 25)
        }
    }

    @Test func vectorsThatAreNoNumbersAreRefused() throws {
        let retriever = try retriever()
        let error = #expect(throws: RetrievalError.self) { try retriever.rank([example("1", ["NaN"])], k: 1) }
        #expect(error?.description.contains("gives no number for a text (NaN…); is its checkpoint damaged?") == true)
    }
}
