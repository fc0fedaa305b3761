import Testing

@testable import RolloutCore

@Suite struct JudgementsTests {
    let task = TaskID(iteration: 1, split: .train, kind: .sample, index: 0)

    func trajectory(_ prompt: UInt32, _ sample: UInt32, _ tokens: [Int32], answer: String? = "a") -> Trajectory {
        Trajectory(
            id: TrajectoryID(prompt: prompt, sample: sample), tokens: tokens, stop: .stopToken, reasoning: "",
            answer: answer, logProbability: 0)
    }

    @Test func duplicatesAreOfTheSamePromptAndWellFormed() {
        var judgements = Judgements()
        judgements.sampled(
            [
                trajectory(0, 0, [1], answer: nil), trajectory(0, 1, [1]), trajectory(0, 2, [1]),
                trajectory(1, 0, [1]), trajectory(1, 1, [2]),
            ], by: task)
        #expect(judgements.trajectories(of: task).map(\.isDuplicate) == [false, false, true, false, false])
        #expect(judgements.awaited(by: task)?.count == 4)
    }

    @Test func scoresMeetTheAnswersInOrder() {
        var judgements = Judgements()
        judgements.sampled(
            [trajectory(0, 0, [1]), trajectory(0, 1, [2], answer: nil), trajectory(1, 0, [1])], by: task)
        let scores = [
            Score(id: TrajectoryID(prompt: 0, sample: 0), reward: 0.5),
            Score(id: TrajectoryID(prompt: 1, sample: 0), reward: .nan),
        ]
        judgements.scored(scores, by: task.sibling(.score))
        #expect(judgements.trajectories(of: task).map(\.reward) == [.scored(0.5), .malformed, .unscored])
        #expect(judgements.awaited(by: task) == [])
    }

    @Test func withoutScoresOnlyAnswersAreUnscored() {
        var judgements = Judgements()
        judgements.sampled([trajectory(0, 0, [1]), trajectory(0, 1, [2], answer: nil)], by: task)
        judgements.unscored(by: task.sibling(.score))
        #expect(judgements.trajectories(of: task).map(\.reward) == [.unscored, .malformed])
    }

    @Test func tasksAreReadInOrderWhateverOrderTheyCameIn() {
        var judgements = Judgements()
        var second = task
        second.index = 1
        judgements.sampled([trajectory(2, 0, [1])], by: second)
        judgements.unsampled([TrajectoryID(prompt: 0, sample: 0)], by: task)
        #expect(judgements.trajectories(iteration: 1, split: .train).map(\.id.prompt) == [0, 2])
        judgements.close(iteration: 1, split: .train)
        #expect(judgements.trajectories(iteration: 1, split: .train).isEmpty)
    }
}
