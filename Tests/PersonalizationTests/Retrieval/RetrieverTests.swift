import Testing

@testable import Personalization

@Suite struct RetrieverTests {
    private let example = Example(
        id: "a", task: .topicWriting, user: "u", input: "a post about lanterns and lamps", output: "",
        profile: ["garden", "lamps at night", "nothing", "lanterns and lamps", "clocks"].map {
            Document(title: $0, text: "text")
        }
    )

    @Test func bm25PutsTheLikestFirstAndBreaksTiesByIndex() {
        let ranking = Retriever.bm25(BM25.Parameters()).rank(example, k: 5)
        #expect(ranking.documents.map(\.index) == [3, 1, 0, 2, 4])
        #expect(ranking.documents[2].score == ranking.documents[3].score)
        #expect(!ranking.wasClamped)
    }

    @Test func moreThanTheProfileIsClampedAndSaid() {
        let ranking = Retriever.recent.rank(example, k: 9)
        #expect(ranking.documents.map(\.index) == [4, 3, 2, 1, 0])
        #expect(ranking.wasClamped)
    }

    @Test func otherRetrieversChooseByPlaceOrSeed() {
        #expect(Retriever.none.rank(example, k: 3).documents.isEmpty)
        #expect(Retriever.first.rank(example, k: 2).documents.map(\.index) == [0, 1])
        let drawn = Retriever.random(seed: 1).rank(example, k: 5).documents.map(\.index)
        #expect(drawn.sorted() == [0, 1, 2, 3, 4])
        #expect(drawn == Retriever.random(seed: 1).rank(example, k: 5).documents.map(\.index))
        let seeds = Set((0..<20).map { Retriever.random(seed: $0).rank(example, k: 5).documents.map(\.index) })
        #expect(seeds.count > 5)
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
