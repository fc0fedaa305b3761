import Testing

@testable import RolloutCore

@Suite struct PlannedTasksTests {
    let plan = FakeTasks.plan(iterations: 2, prompts: 5, evaluated: [.validation: 2])

    @Test func tasksCoverEveryPromptOnce() {
        #expect(plan.taskCount(.train) == 3)
        let covered = (0..<3).flatMap { index in
            plan.prompts(of: TaskID(iteration: 1, split: .train, kind: .sample, index: UInt32(index)))
        }
        #expect(covered == [0, 1, 2, 3, 4])
        #expect(plan.prompts(of: .train(1)).isEmpty)
    }

    @Test func evaluationDrawsOneSample() {
        #expect(plan.samples(of: TaskID(iteration: 1, split: .train, kind: .sample, index: 0)) == 3)
        #expect(plan.samples(of: TaskID(iteration: 0, split: .validation, kind: .sample, index: 0)) == 1)
    }

    @Test func onlyPlannedTasksAreContained() {
        #expect(plan.contains(TaskID(iteration: 1, split: .train, kind: .score, index: 2)))
        #expect(!plan.contains(TaskID(iteration: 1, split: .train, kind: .score, index: 3)))
        #expect(!plan.contains(TaskID(iteration: 0, split: .train, kind: .sample, index: 0)))
        #expect(!plan.contains(TaskID(iteration: 3, split: .train, kind: .sample, index: 0)))
        #expect(plan.contains(TaskID(iteration: 0, split: .validation, kind: .sample, index: 0)))
        #expect(!plan.contains(TaskID(iteration: 0, split: .test, kind: .sample, index: 0)))
        #expect(plan.contains(.train(0)) && plan.contains(.train(2)))
        #expect(!plan.contains(TaskID(iteration: 1, split: .validation, kind: .train, index: 0)))
    }

    @Test func withoutFineTuningNothingTrainsPolicyZero() {
        #expect(!FakeTasks.plan(fineTunesFirst: false).contains(.train(0)))
    }

    @Test func splitsWithoutPromptsAreNotEvaluated() {
        var plan = plan
        plan.evaluates = [.validation, .test]
        #expect(plan.evaluatedSplits == [.validation])
    }
}
