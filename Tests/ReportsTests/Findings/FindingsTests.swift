import Evaluation
import RolloutCore
import RunStore
import Testing

@testable import Reports

@Suite struct FindingsTests {
    @Test func severalSamples() throws {
        var tally = SampleTally(passing: 0.5)
        tally.add(
            PromptSamples(prompt: 0, group: "a", answers: ["x", nil, "y", "x"], rewards: [0.4, 0, 0.8, 0.4]))
        tally.add(PromptSamples(prompt: 1, group: "a", answers: ["p", "q", "r", "s"], rewards: [1, 1, 1, 1]))
        // What a sample without a reward would have reached is not known.
        tally.add(PromptSamples(prompt: 2, group: "a", answers: ["p", "q"], rewards: [1, nil]))
        let found = try #require(tally.findings)
        #expect(found.samples == 4)
        #expect(found.best.map(\.k) == [1, 2, 4])
        // Of the first prompt: mean 0.4, best of two (3 · 0.8 + 3 · 0.4 - 0.4 · 0 …) / 6, best 0.8.
        let expected = [(0.4 + 1) / 2, ((3 * 0.8 + 3 * 0.4) / 6 + 1) / 2, (0.8 + 1) / 2]
        for (best, reward) in zip(found.best, expected) { #expect(abs(best.reward - reward) < 1e-12) }
        for (pass, chance) in zip(found.pass, [(0.25 + 1) / 2, (0.5 + 1) / 2, 1]) {
            #expect(abs(pass.chance - chance) < 1e-12)
        }
        #expect(found.majorityShare == 0.5 && found.majorityReward == 0.4)
        #expect(SampleTally(passing: nil).findings == nil)
    }

    @Test func diversityIsAMeanOverPrompts() throws {
        var mean = MeanDiversity()
        #expect(mean.distinctShare == nil && mean.meanSelfBLEU == nil)
        mean.add(["a b", "a b"])
        mean.add(["a b", "c d"])
        mean.add(["alone"])
        #expect(mean.prompts == 2)
        #expect(mean.distinctShare == 0.75 && mean.distinct(1) == 0.75)
    }

    private func evaluation(_ policy: UInt32, _ rewards: [Double], split: Split = .test) -> PolicyEvaluation {
        PolicyEvaluation(
            policy: policy, split: split, decoding: 0, decodingName: "greedy",
            scores: rewards.enumerated().map { index, reward in
                PromptScore(
                    prompt: UInt32(index), group: index < 3 ? "a" : "b", example: "row \(index)", reward: reward)
            }, malformed: 0, unscored: 0, diversity: Diversity([]), lengths: Lengths(), samples: nil)
    }

    @Test func examplesAreChosenByGain() {
        let evaluations = [
            evaluation(0, [0.5, 0.5, 0.5, 0.1]), evaluation(1, [0.4, 0.9, 0.6, 0.1]), evaluation(2, [0, 0, 0, 0]),
            evaluation(1, [1, 1, 1, 1], split: .validation),
        ]
        let choices = ExcerptChoice(evaluations, policies: [], best: 1).choices
        #expect(choices.map(\.group) == ["a", "a", "a", "b"])
        #expect(choices.map(\.prompt) == [1, 2, 0, 3])
        #expect(choices.map(\.reason) == ["largest gain", "median", "largest loss or least gain", "the only one"])
        #expect(ExcerptChoice([], policies: [], best: nil).choices.isEmpty)
        // Without a second policy there is no gain.
        #expect(ExcerptChoice([evaluations[0]], policies: [], best: 0).choices.map(\.reason) == ["", ""])
    }
}
