import Testing

@testable import Personalization

@Suite struct ProfileRationaleTests {
    private let profile = [
        "Well then folks, I bought the lantern. Come rain or shine it glows! Cheers to you all.",
        "Well then folks, a bench for the garden! The orchid likes it. Cheers to you all.",
        "So here we are, come rain or shine. The lantern and the orchid get along! Bye.",
        "Well then folks, the kettle sings. The lantern too, come rain or shine! Cheers to you all!",
    ].map { Document(title: "t", text: $0, rating: 5) }

    @Test func habitsAreReadInFixedOrder() {
        #expect(
            ProfileRationale().rationale(for: profile) == """
                - opening: Well then folks
                - closing: Cheers to you all
                - phrases: Come rain or shine
                - words: lantern, orchid
                - length: 3 sentences
                - punctuation: !
                - rating: high
                """)
    }

    @Test func oneDocumentShowsNoHabits() {
        let rationale = ProfileRationale().rationale(for: [Document(title: "", text: "One. Two?")])
        #expect(rationale == "- length: 2 sentences\n- punctuation: ?")
        #expect(ProfileRationale().rationale(for: []) == "- nothing is known")
        #expect(ProfileRationale().rationale(for: [Document(title: "t", text: "")]) == "- nothing is known")
    }

    @Test func oneWordIsAnEdgeOnlyWhenItStandsAlone() {
        let ends = ["Howdy! It is simply clumsy. Brian", "Howdy! Here comes something clumsy. Brian"]
        #expect(read(ends).hasPrefix("- opening: Howdy\n- closing: Brian\n"))
        let clauses = ["Howdy it is simply clumsy.", "Howdy here comes something clumsy."]
        #expect(!read(clauses).contains("opening") && !read(clauses).contains("closing"))
    }

    private func read(_ texts: [String]) -> String {
        ProfileRationale().rationale(for: texts.map { Document(title: "", text: $0) })
    }

    @Test func ratingsHaveThreeLevels() {
        #expect([5, 3.75, 3, 2.5, 1].map(ProfileRationale.level) == ["high", "high", "mixed", "low", "low"])
    }

    @Test(.enabled(if: Shared.exists, "needs ../shared"))
    func realProfilesAreReadWithoutLeaks() throws {
        let examples = try DataSet(directory: Shared.longlamp).load(.validation).examples
        #expect(examples.count == 225)
        var spoken = 0
        for example in examples {
            let rationale = ProfileRationale().rationale(for: example.profile)
            #expect(rationale.split(separator: "\n").allSatisfy { $0.hasPrefix("- ") })
            #expect(Leakage.share(of: example.output, in: rationale, besides: example.profile) == 0)
            if rationale.contains("- words: ") { spoken += 1 }
        }
        #expect(spoken > 200)
    }
}
