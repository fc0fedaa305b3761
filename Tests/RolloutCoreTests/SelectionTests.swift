import Testing

@testable import RolloutCore

@Suite struct SelectionTests {
    typealias Reward = JudgedTrajectory.Reward

    func judged(_ prompt: UInt32, _ sample: UInt32, _ reward: Reward, duplicate: Bool = false) -> JudgedTrajectory {
        JudgedTrajectory(id: TrajectoryID(prompt: prompt, sample: sample), reward: reward, isDuplicate: duplicate)
    }

    func scored(_ rewards: [[Double]]) -> [JudgedTrajectory] {
        rewards.enumerated().flatMap { prompt, rewards in
            rewards.enumerated().map { judged(UInt32(prompt), UInt32($0), .scored($1)) }
        }
    }

    func select(
        _ trajectories: [JudgedTrajectory], _ threshold: SelectionRule.Threshold, _ scope: SelectionRule.Scope = .all,
        cap: UInt32 = 10, groups: [String] = ["a", "b"], first: [JudgedTrajectory]? = nil
    ) -> Selection {
        let rule = SelectionRule(threshold: threshold, scope: scope, cap: cap)
        let means = FirstMeans(first ?? trajectories, rule: rule, groups: groups)
        return Selection(trajectories, rule: rule, groups: groups, first: means)
    }

    func ids(_ selection: Selection) -> [String] { selection.kept.map { "\($0.id.prompt).\($0.id.sample)" } }

    @Test func everyTrajectoryGoesToOnePlace() {
        let selection = select(
            [
                judged(0, 0, .malformed), judged(0, 1, .scored(0.9)), judged(0, 2, .scored(0.9), duplicate: true),
                judged(0, 3, .unscored), judged(0, 4, .scored(0.1)), judged(0, 5, .scored(0.8)),
                judged(1, 0, .scored(0.2)),
            ], .absolute(0.5), cap: 1)
        let counts = selection.counts
        #expect(ids(selection) == ["0.1"])
        #expect(counts.sampled == 7 && counts.kept == 1 && counts.malformed == 1 && counts.duplicate == 1)
        #expect(counts.unscored == 1 && counts.belowThreshold == 2 && counts.overCap == 1 && counts.starvedPrompts == 1)
    }

    @Test func theCapTakesTheBestAndTiesTheLowestSample() {
        let selection = select(scored([[0.5, 0.9, 0.5, 0.7, 0.5]]), .absolute(0), cap: 3, groups: ["a"])
        #expect(ids(selection) == ["0.0", "0.1", "0.3"])
    }

    @Test func aQuantileKeepsThatShareOfTheBest() {
        let trajectories = scored([[0.4, 0.1, 0.3, 0.2]])
        #expect(ids(select(trajectories, .quantile(0.75), groups: ["a"])) == ["0.0"])
        #expect(ids(select(trajectories, .quantile(0.5), groups: ["a"])) == ["0.0", "0.2"])
        #expect(ids(select(trajectories, .quantile(0), groups: ["a"])).count == 4)
        #expect(ids(select(trajectories, .quantile(1), groups: ["a"])) == ["0.0"])
    }

    @Test func aQuantileLooksAtCandidatesOnly() {
        let selection = select(
            [
                judged(0, 0, .malformed), judged(0, 1, .malformed), judged(0, 2, .scored(0.2)),
                judged(0, 3, .scored(0.2), duplicate: true), judged(0, 4, .scored(0.6)),
            ], .quantile(0.5), groups: ["a"])
        #expect(selection.thresholds == [SealedIteration.Threshold(group: "all", value: 0.6)])
    }

    @Test func eachScopeHasItsOwnThreshold() {
        let trajectories = scored([[0.1, 0.2], [0.8, 0.9]])
        #expect(ids(select(trajectories, .quantile(0.5), .all)) == ["1.0", "1.1"])
        #expect(ids(select(trajectories, .quantile(0.5), .group)) == ["0.1", "1.1"])
        let byPrompt = select(trajectories, .quantile(0.5), .prompt, groups: ["a", "a"])
        #expect(byPrompt.thresholds.map(\.group) == ["prompt 0", "prompt 1"])
        #expect(ids(byPrompt) == ["0.1", "1.1"])
    }

    @Test func aScopeWithoutCandidatesHasNoThreshold() {
        let selection = select([judged(0, 0, .malformed), judged(1, 0, .scored(0.4))], .quantile(0.5), .group)
        #expect(selection.thresholds.map(\.group) == ["b"])
        #expect(ids(selection) == ["1.0"])
    }

    @Test func withoutAThresholdOnlyTheCapSelects() {
        let selection = select(
            [judged(0, 0, .scored(-3)), judged(0, 1, .scored(-2)), judged(1, 0, .malformed)], .everything, cap: 1)
        #expect(ids(selection) == ["0.1"] && selection.thresholds.isEmpty)
        #expect(selection.counts.belowThreshold == 0 && selection.counts.overCap == 1)
    }

    @Test func theLastThresholdGoesOn() {
        let rule = SelectionRule(
            threshold: .quantile(0.5), scope: .group, cap: 2, laterThresholds: [.quantile(0.6), .quantile(0.7)])
        let thresholds = (UInt32(1)...5).map { rule.rule(for: $0).threshold }
        #expect(thresholds == [0.5, 0.6, 0.7, 0.7, 0.7].map(SelectionRule.Threshold.quantile))
        #expect(rule.rule(for: 2) == SelectionRule(threshold: .quantile(0.6), scope: .group, cap: 2))
    }

    @Test func theMarginIsOverTheFirstIterationsMean() {
        let first = [
            judged(0, 0, .scored(0.4)), judged(0, 1, .scored(0.4), duplicate: true), judged(0, 2, .malformed),
            judged(0, 3, .unscored), judged(1, 0, .unscored),
        ]
        let trajectories = scored([[0.3, 0.4], [0.3, 0.4]])
        let selection = select(trajectories, .marginOverFirst(0.125), .group, first: first)
        let mean = (0.4 + 0.4) / 3.0
        // Nothing of group b was scored then: it takes the mean of all.
        #expect(selection.thresholds.map(\.value) == [mean + 0.125, mean + 0.125])
        #expect(ids(selection) == ["0.1", "1.1"])
    }
}
