import Testing

@testable import RolloutCore

@Suite struct EvaluatingTests {
    func evaluation(_ policy: UInt32, _ mean: Double, split: Split = .validation, count: UInt32 = 2) -> Evaluation {
        Evaluation(policy: policy, split: split, meanReward: mean, count: count, malformed: 0, unscored: 0)
    }

    @Test func malformedCountsZeroAndUnscoredNotAtAll() {
        let rewards: [JudgedTrajectory.Reward] = [.scored(0.5), .malformed, .unscored, .scored(1)]
        let trajectories = rewards.enumerated().map {
            JudgedTrajectory(id: TrajectoryID(prompt: UInt32($0), sample: 0), reward: $1, isDuplicate: false)
        }
        let evaluation = Evaluation(policy: 1, split: .test, trajectories: trajectories)
        #expect(evaluation.meanReward == 0.5 && evaluation.count == 3)
        #expect(evaluation.malformed == 1 && evaluation.unscored == 1)
    }

    @Test func theBestIsByValidationAndTheEarlierOfEquals() {
        let evaluations = [
            evaluation(0, 0.2), evaluation(0, 0.9, split: .test), evaluation(1, 0.5), evaluation(2, 0.5),
        ]
        #expect(Outcome(evaluations: evaluations, lastPolicy: 2).bestPolicy == 1)
    }

    @Test func withoutValidationTheLastIsBest() {
        #expect(Outcome(evaluations: [evaluation(0, 0.9, split: .test)], lastPolicy: 3).bestPolicy == 3)
        #expect(Outcome(evaluations: [evaluation(0, 0, count: 0)], lastPolicy: 3).bestPolicy == 3)
    }

    /// Where the end of an evaluation may end the run, tasks that follow from it must not outlive it on disk.
    @Test(arguments: [UInt32?.none, 1]) func whatDecidesTheCourseIsDurable(patience: UInt32?) throws {
        var harness = try Harness(
            plan: FakeTasks.plan(fineTunesFirst: false, prompts: 2, evaluated: [.validation: 2], patience: patience))
        harness.start()
        var sampler = harness.join(.sampler, "s", slots: 1, credit: 9)
        var scorer = harness.join(.scorer, "c", slots: 1, credit: 9)
        func durable(_ effects: [CoordinatorEffect]) -> [Bool] {
            effects.compactMap { if case .journal(.accepted, let durable) = $0 { durable } else { nil } }
        }
        let sample = try #require(harness.granted(to: sampler).first { $0.attempt.task.split == .validation })
        #expect(durable(harness.send(.result(try #require(harness.result(sample))), from: &sampler)) == [false])
        let score = try #require(harness.granted(to: scorer).first { $0.attempt.task.split == .validation })
        let effects = harness.send(.result(try #require(harness.result(score))), from: &scorer)
        #expect(durable(effects) == [patience != nil])
        #expect(harness.coordinator.schedule.evaluation(policy: 0, split: .validation) != nil)
    }
}
