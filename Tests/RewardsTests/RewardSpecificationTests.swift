import Rewards
import Testing

@Suite struct RewardSpecificationTests {
    @Test(arguments: [
        ("rougeL", "rougeL"), (" rouge1 ", "rouge1"), ("0.5*rouge1+0.5*rougeL", "0.5*rouge1+0.5*rougeL"),
        (" 1 * rouge2 + .25 * meteor-exact-stem", "rouge2+0.25*meteor-exact-stem"), ("2*rougeL", "2.0*rougeL"),
        ("0.0001*rougeL", "0.0001*rougeL"),
    ])
    func readsAndWrites(text: String, canonical: String) throws {
        let specification = try RewardSpecification(text)
        #expect(specification.description == canonical)
        #expect(try RewardSpecification(canonical) == specification)
    }

    @Test(arguments: [
        "", "+", "rouge1+", "+rouge1", "rouge1++rouge2", "*rouge1", "0.5*", "0.5", "a*rouge1", "-1*rouge1", "0*rouge1",
        "nan*rouge1", "inf*rouge1", "1e3*rouge1", "2*3*rouge1", "rouge1+rouge1", "rouge1*0.5", "rouge1 rouge2",
        "1000001*rouge1",
        "0.5 rouge1", "blue",
    ])
    func refuses(text: String) {
        #expect(throws: RewardError.self) { try RewardSpecification(text) }
    }

    @Test func errorsSayWhatIsWrong() throws {
        let unknown = #expect(throws: RewardError.self) { try RewardSpecification("0.5*rouge1+0.5*rougel") }
        #expect(unknown?.description.contains("'rougel'") == true)
        #expect(unknown?.description.contains("'rougeL'") == true)
        let weight = #expect(throws: RewardError.self) { try RewardSpecification("x*rouge1") }
        #expect(weight?.description.contains("weight 'x'") == true)
    }

    @Test func aSumIsWeighted() throws {
        let prediction = "the dogs ran over the hill"
        let reference = "a dog runs over the hills"
        let scores = Rouge().scores(prediction: prediction, reference: reference)
        let meteor = Meteor().score(prediction: prediction, reference: reference)
        let reward = try RewardSpecification("0.5*rouge1+2*rougeL+0.25*meteor-exact-stem")
            .reward(prediction: prediction, reference: reference)
        #expect(reward == 0.5 * scores.rouge1.fMeasure + 2 * scores.rougeL.fMeasure + 0.25 * meteor)
    }

    @Test func stemmingCanBeOff() throws {
        #expect(try RewardSpecification("rouge1").reward(prediction: "hills", reference: "hill") == 1)
        #expect(
            try RewardSpecification("rouge1", isStemming: false).reward(prediction: "hills", reference: "hill") == 0)
    }

    @Test func whiteSpaceAroundTextsDoesNotMatter() throws {
        for name in Metric.names where name != "meteor" {
            let specification = try RewardSpecification(name)
            let plain = specification.reward(prediction: "one two", reference: "one two three")
            #expect(plain != nil)
            #expect(specification.reward(prediction: "\n one two\t", reference: "  one two three\r\n") == plain)
        }
    }

    /// An empty answer is a bad answer; an empty reference judges nothing.
    @Test(arguments: ["rouge1", "rouge2", "rougeL", "meteor-exact-stem", "bleu", "chrf", "length"])
    func emptyTexts(metric: String) throws {
        let specification = try RewardSpecification(metric)
        #expect(specification.reward(prediction: "", reference: "one two") == 0)
        #expect(specification.reward(prediction: "one two", reference: "  ") == nil)
    }

    @Test func formAndLengthAreTerms() throws {
        let specification = try RewardSpecification("length+10*finished+100*reasoned")
        let prepared = specification.prepare(reference: "one two three four")
        #expect(prepared.reward(of: "a b c", reasoning: "because", isFinished: true) == 110.75)
        #expect(prepared.reward(of: "a b c d e f g h", reasoning: " \n", isFinished: false) == 0.5)
        let range = try RewardSpecification("length:2-4").prepare(reference: "")
        #expect(["", "a", "a b", "a b c d", "a b c d e f g h"].map { range.reward(of: $0) } == [0, 0.5, 1, 1, 0.5])
    }

    /// Never a score without the synonyms under a name that promises them.
    @Test func meteorNeedsWordNet() throws {
        let specification = try RewardSpecification("0.5*rougeL+0.5*meteor")
        #expect(specification.needsWordNet)
        #expect(specification.reward(prediction: "one", reference: "one") == nil)
        #expect(throws: RewardUnavailable.self) { try MetricReward(specification) }
    }

    @Test func aSumIsUndefinedWhereOneMetricIs() throws {
        #expect(try RewardSpecification("rouge1+meteor-exact-stem").reward(prediction: "中文", reference: "中文") == nil)
        #expect(try RewardSpecification("meteor-exact-stem").reward(prediction: "中文", reference: "中文") == 0.5)
    }
}
