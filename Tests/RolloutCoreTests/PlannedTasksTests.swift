import Digests
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
        #expect(plan.samples(of: TaskID(iteration: 1, split: .train, kind: .sample, index: 0)) == 0..<3)
        #expect(plan.samples(of: TaskID(iteration: 0, split: .validation, kind: .sample, index: 0)) == 0..<1)
    }

    @Test func everyDecodingCoversTheSplitWithSamplesOfItsOwn() {
        var plan = FakeTasks.plan(evaluated: [.validation: 3])
        plan.evaluationSamples = [1, 4]
        let group = TaskGroup(iteration: 0, split: .validation, kind: .sample)
        #expect(plan.taskCount(group) == 4 && plan.taskCount(.validation) == 2)
        #expect((0..<4).map { plan.prompts(of: group.task($0)) } == [0..<2, 2..<3, 0..<2, 2..<3])
        #expect((0..<4).map { plan.samples(of: group.task($0)) } == [0..<1, 0..<1, 1..<5, 1..<5])
        #expect((0..<4).map { plan.decoding(of: group.task($0)) } == [0, 0, 1, 1])
        #expect(plan.taskCount(TaskGroup(iteration: 1, split: .train, kind: .sample)) == 4)
        #expect(plan.evaluationSamples(of: 2).isEmpty)
        #expect(plan.inputDigests(of: group, policy: .zero).count == 4)
    }

    @Test func onlyTheFirstOfTheIterationsThatShareAnEStepSamples() {
        let plan = FakeTasks.plan(iterations: 5, iterationsPerSampling: 3)
        #expect((UInt32(0)...6).map { plan.sampling(for: $0) } == [0, 1, 1, 1, 4, 4, 4])
        let sampled = (UInt32(1)...5).filter {
            plan.contains(TaskID(iteration: $0, split: .train, kind: .sample, index: 0))
        }
        #expect(sampled == [1, 4])
        #expect((UInt32(0)...5).allSatisfy { plan.contains(.train($0)) })
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

extension RunPlan {
    fileprivate func inputDigests(of group: TaskGroup, policy: Digest) -> Set<Digest> {
        Set((0..<taskCount(group)).map { inputDigest(of: group.task($0), from: .sample(policy: policy)) })
    }
}
