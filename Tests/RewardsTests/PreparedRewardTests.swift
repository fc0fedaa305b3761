import Rewards
import Testing

@Suite struct PreparedRewardTests {
    @Test func scoresComeInTheOrderOfTheTerms() throws {
        let prepared = try RewardSpecification("2*rougeL+meteor-exact-stem+rouge2").prepare(reference: "one two three")
        let scores = prepared.scores(of: "one two")
        #expect(scores.map(\.metric) == [.rougeL, .meteorExactStem, .rouge2])
        #expect(abs(scores[0].value - 0.8) < 1e-15)
        #expect(abs(scores[2].value - 2.0 / 3) < 1e-15)
    }

    @Test func anUndefinedReferenceScoresZeroAndRewardsNothing() throws {
        let prepared = try RewardSpecification("rougeL").prepare(reference: "…")
        #expect(prepared.isUndefined)
        #expect(prepared.reward(of: "one") == nil)
        #expect(prepared.scores(of: "one").map(\.value) == [0])
    }

    /// The vocabulary behind the scores is shared and grows: neither threads nor history may show.
    @Test func rewardsDoNotDependOnWhatWasScoredBefore() async throws {
        let texts = (0..<200).map { text in (0..<30).map { "w\(text * $0 % 97)ing" }.joined(separator: " ") }
        let shared = try RewardSpecification("rouge1+rouge2+rougeL+meteor-exact-stem")
        let expected = try texts.indices.map { index in
            try RewardSpecification("rouge1+rouge2+rougeL+meteor-exact-stem")
                .reward(prediction: texts[index], reference: texts[(index + 1) % 200])
        }
        let together = await withTaskGroup(of: (Int, Double?).self) { group in
            for index in texts.indices {
                group.addTask { (index, shared.reward(prediction: texts[index], reference: texts[(index + 1) % 200])) }
            }
            return await group.reduce(into: [Double?](repeating: nil, count: 200)) { $0[$1.0] = $1.1 }
        }
        #expect(together == expected)
    }

    /// The vocabulary is renewed when it has grown too large; a prepared reference keeps its own.
    @Test func aFullVocabularyIsRenewed() throws {
        let specification = try RewardSpecification("rougeL")
        let prepared = specification.prepare(reference: "one two")
        for batch in 0..<3 {
            let words = (0..<150_000).map { "x\(batch)y\($0)" }.joined(separator: " ")
            #expect(specification.reward(prediction: words, reference: "x\(batch)y0 one") != 0)
        }
        #expect(prepared.reward(of: "one two") == 1)
        #expect(specification.reward(prediction: "one two", reference: "one two") == 1)
    }
}
