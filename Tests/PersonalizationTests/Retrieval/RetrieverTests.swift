import Testing

@testable import Personalization

@Suite struct RetrieverTests {
    private let example = Example(
        id: "a", task: .topicWriting, user: "u", input: "a post about lanterns and lamps", output: "",
        profile: ["garden", "lamps at night", "nothing", "lanterns and lamps", "clocks"].map {
            Document(title: $0, text: "text")
        }
    )

    private func rank(_ retriever: Retriever, k: Int) throws -> Retriever.Ranking {
        try #require(try retriever.rank([example], k: k).first)
    }

    @Test func bm25PutsTheLikestFirstAndBreaksTiesByIndex() throws {
        let ranking = try rank(.bm25(BM25.Parameters()), k: 5)
        #expect(ranking.documents.map(\.index) == [3, 1, 0, 2, 4])
        #expect(ranking.documents[2].score == ranking.documents[3].score)
        #expect(!ranking.wasClamped)
        // The constants count: without length normalisation the longer document loses nothing.
        let flat = try rank(.bm25(BM25.Parameters(b: 0)), k: 5)
        #expect(flat.documents[0].score != ranking.documents[0].score)
    }

    @Test(arguments: [1, 2, 5]) func manyExamplesAreRankedAsEachAlone(threads: Int) throws {
        let examples = (0..<9).map { index in
            var other = example
            other.id = "\(index)"
            other.profile = Array(example.profile.prefix(index))
            return other
        }
        for retriever in [Retriever.bm25(BM25.Parameters()), .random(seed: 3), .recent, .none] {
            let rankings = try retriever.rank(examples, k: 3, threads: threads)
            #expect(try rankings == examples.map { try #require(try retriever.rank([$0], k: 3).first) })
            #expect(rankings.map(\.documents.count).allSatisfy { $0 <= 3 })
        }
    }

    @Test func moreThanTheProfileIsClampedAndSaid() throws {
        let ranking = try rank(.recent, k: 9)
        #expect(ranking.documents.map(\.index) == [4, 3, 2, 1, 0])
        #expect(ranking.wasClamped)
    }

    @Test func otherRetrieversChooseByPlaceOrSeed() throws {
        func indices(_ retriever: Retriever, k: Int = 5) throws -> [Int] {
            try rank(retriever, k: k).documents.map(\.index)
        }
        #expect(try indices(.none, k: 3).isEmpty)
        #expect(try indices(.first, k: 2) == [0, 1])
        let drawn = try indices(.random(seed: 1))
        #expect(drawn.sorted() == [0, 1, 2, 3, 4])
        #expect(try drawn == indices(.random(seed: 1)))
        #expect(try Set((0..<20).map { try indices(.random(seed: $0)) }).count > 5)
    }

    @Test(arguments: [
        (WritingTask.abstractGeneration, "Generate an abstract for \"T: a\" using the following items: x, y.", "x, y."),
        (.emailCompletion, "Complete the text of the following email. title: Re. text: Hi", "Re. text: Hi"),
        (
            .topicWriting, "Generate the content for a post with the title: T",
            "Generate the content for a post with the title: T"
        ),
        (.abstractGeneration, "no marker here", "no marker here"),
    ])
    func queriesAreLongLaMPs(task: WritingTask, input: String, query: String) {
        #expect(task.query(input: input) == query)
    }
}
