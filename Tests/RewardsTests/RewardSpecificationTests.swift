import Rewards
import Testing

@Suite struct RewardSpecificationTests {
    @Test(arguments: [
        ("rougeL", "rougeL"), (" rouge1 ", "rouge1"), ("0.5*rouge1+0.5*rougeL", "0.5*rouge1+0.5*rougeL"),
        (" 1 * rouge2 + .25 * meteor-stem", "rouge2+0.25*meteor-stem"), ("2*rougeL", "2.0*rougeL"),
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
        "0.5 rouge1", "bleu",
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
        let reward = try RewardSpecification("0.5*rouge1+2*rougeL+0.25*meteor-stem")
            .reward(prediction: prediction, reference: reference)
        #expect(reward == 0.5 * scores.rouge1.fMeasure + 2 * scores.rougeL.fMeasure + 0.25 * meteor)
    }

    @Test func stemmingCanBeOff() throws {
        #expect(try RewardSpecification("rouge1").reward(prediction: "hills", reference: "hill") == 1)
        #expect(
            try RewardSpecification("rouge1", isStemming: false).reward(prediction: "hills", reference: "hill") == 0)
    }

    @Test func whiteSpaceAroundTextsDoesNotMatter() throws {
        for name in Metric.allCases.map(\.rawValue) {
            let specification = try RewardSpecification(name)
            let plain = specification.reward(prediction: "one two", reference: "one two three")
            #expect(plain != nil)
            #expect(specification.reward(prediction: "\n one two\t", reference: "  one two three\r\n") == plain)
        }
    }

    /// An empty answer is a bad answer; an empty reference judges nothing.
    @Test(arguments: Metric.allCases) func emptyTexts(metric: Metric) throws {
        let specification = try RewardSpecification(metric.rawValue)
        #expect(specification.reward(prediction: "", reference: "one two") == 0)
        #expect(specification.reward(prediction: "one two", reference: "  ") == nil)
    }

    @Test func aSumIsUndefinedWhereOneMetricIs() throws {
        #expect(try RewardSpecification("rouge1+meteor-stem").reward(prediction: "中文", reference: "中文") == nil)
        #expect(try RewardSpecification("meteor-stem").reward(prediction: "中文", reference: "中文") == 0.5)
    }
}
