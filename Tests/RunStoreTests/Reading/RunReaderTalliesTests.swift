import Digests
import RolloutCore
import Testing

@testable import RunStore

@Suite struct RunReaderTalliesTests {
    private let run: TemporaryRun
    private let reader: RunReader

    init() throws {
        run = try TemporaryRun()
        let journal = try run.journal()
        try SmallRun.begin(journal)
        try journal.append(SmallRun.records(), durable: true)
        reader = try RunReader(run.directory)
    }

    @Test func drawsAreCountedByTaskAndOutcome() throws {
        #expect(
            try reader.draws() == [
                DrawTally(
                    iteration: 1, group: "product_review",
                    outcomes: ["malformed": 1, "below threshold": 1, "unscored": 1]),
                DrawTally(
                    iteration: 1, group: "topic_writing", outcomes: ["kept": 1, "over cap": 1, "duplicate": 1]),
            ])
        #expect(try reader.draws().map(\.count) == [3, 3])
    }

    @Test func starvedPromptsAreCountedByTask() throws {
        #expect(
            try reader.kept() == [
                KeptTally(iteration: 1, group: "product_review", prompts: 1, starved: 1, kept: 0),
                KeptTally(iteration: 1, group: "topic_writing", prompts: 1, starved: 0, kept: 1),
            ])
    }

    @Test func rewardsFallIntoBins() throws {
        // 0.6, 0.9 and again 0.6; malformed 0, 0.2, and one without a reward.
        #expect(try reader.rewardRange() == 0...0.9)
        let counts = try reader.rewardCounts(in: 0...0.9, bins: 3)
        #expect(
            counts == [
                BinCount(iteration: 1, group: "product_review", bin: 0, count: 2),
                // The top of the range belongs to the last bin.
                BinCount(iteration: 1, group: "topic_writing", bin: 2, count: 3),
            ])
        // What lies outside goes to the nearest bin.
        #expect(try reader.rewardCounts(in: 0.25...0.5, bins: 2).map(\.bin) == [0, 1])
    }

    @Test func aRangeWithoutWidthHasOneBin() throws {
        #expect(try reader.rewardCounts(in: 0.5...0.5, bins: 4).map(\.bin) == [0, 0])
    }

    @Test func lengthsOfExpectationsAndEvaluations() throws {
        #expect(
            try reader.lengthCounts(of: .train) == [
                BinCount(iteration: 1, group: "product_review", bin: 1, count: 3),
                BinCount(iteration: 1, group: "topic_writing", bin: 1, count: 3),
            ])
        #expect(try reader.lengthCounts(of: .validation).map(\.iteration) == [0, 0, 1, 1])
        #expect(try reader.lengthCounts(of: .test).isEmpty)
    }

    @Test func samplesComePromptByPrompt() throws {
        var found: [PromptSamples] = []
        try reader.samples(iteration: 1, split: .train) { found.append($0) }
        #expect(
            found == [
                PromptSamples(
                    prompt: 0, group: "topic_writing", answers: ["good", "better", "good"], rewards: [0.6, 0.9, 0.6]),
                PromptSamples(
                    prompt: 1, group: "product_review", answers: [nil, "bad", "odd"], rewards: [0, 0.2, nil]),
            ])
        var every: [UInt32] = []
        try reader.samples(iteration: 1, split: .train, every: 2) { every.append($0.prompt) }
        #expect(every == [0])
        var evaluated: [PromptSamples] = []
        try reader.samples(iteration: 1, split: .validation) { evaluated.append($0) }
        #expect(evaluated.map(\.answers) == [["a"], [nil], ["c"]])
        #expect(evaluated.map(\.rewards) == [[0.8], [0], [nil]])
        var none = 0
        try reader.samples(iteration: 1, split: .validation, decoding: 7) { _ in none += 1 }
        #expect(none == 0)
    }

    @Test func malformedOutputsScoreZeroAndUnjudgedOnesNothing() throws {
        #expect(try reader.scores(policy: 0, split: .validation).map(\.reward) == [0.2, 0, 0.4])
        #expect(
            try reader.scores(policy: 1, split: .validation) == [
                PromptScore(prompt: 0, group: "topic_writing", example: "row 0", reward: 0.8),
                PromptScore(prompt: 1, group: "product_review", example: "row 1", reward: 0),
            ])
    }

    @Test func promptsOfAnExpectationHaveMeans() throws {
        let scores = try reader.expectationScores(iteration: 1)
        #expect(scores.map(\.example) == ["row 0", "row 1"])
        for (score, mean) in zip(scores, [0.7, 0.1]) { #expect(abs(score.reward - mean) < 1e-12) }
        #expect(try reader.expectationScores(iteration: 2).isEmpty)
    }

    @Test func overlapsCountTextsAndPrompts() throws {
        #expect(try reader.keptOverlaps().isEmpty, "one iteration has nothing to share")
        let run = try TemporaryRun()
        let journal = try run.journal()
        var plan = SmallRun.plan
        plan.iterations = 3
        try journal.begin(SmallRun.info, plan: plan, prompts: SmallRun.prompts)
        let tokens: [[[Int32]]] = [[[1], [2]], [[1], [3]], [[9], [8]]]
        for (index, drawn) in tokens.enumerated() {
            let iteration = UInt32(index + 1)
            let task = TaskID(iteration: iteration, split: .train, kind: .sample, index: 0)
            let trajectories = drawn.enumerated().map { SmallRun.trajectory(UInt32($0), 0, $1, "a") }
            var sealed = SmallRun.sealed
            sealed.iteration = iteration
            // The last iteration keeps of the first prompt alone.
            sealed.kept = trajectories.prefix(index == 2 ? 1 : 2).map {
                SealedIteration.Kept(id: $0.id, reward: 0.9)
            }
            try journal.append(
                [
                    SmallRun.accepted(task, .sample(trajectories), node: "a"),
                    SmallRun.accepted(
                        task.sibling(.score), .score(trajectories.map { Score(id: $0.id, reward: 0.9) }), node: "a"),
                    .sealed(sealed),
                ], durable: true)
        }
        #expect(
            try RunReader(run.directory).keptOverlaps() == [
                KeptOverlap(first: 1, second: 2, trajectories: 1, prompts: 2),
                KeptOverlap(first: 1, second: 3, trajectories: 0, prompts: 1),
                KeptOverlap(first: 2, second: 3, trajectories: 0, prompts: 1),
            ])
    }

    @Test func whatWasStartedCanBeAskedWithoutItsPrompts() throws {
        let info = try reader.info()
        #expect(info.digest == SmallRun.info.digest && info.configuration == SmallRun.info.configuration)
        #expect(info.decodings == ["1"])
    }
}
