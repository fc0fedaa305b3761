import RolloutCore
import Testing

@Suite struct IdentityTests {
    @Test func trainSplitTasksUseThePolicyBefore() {
        let sampled = TaskID(iteration: 3, split: .train, kind: .sample, index: 0)
        let evaluated = TaskID(iteration: 3, split: .validation, kind: .score, index: 0)
        let trained = TaskID(iteration: 3, split: .train, kind: .train, index: 0)
        #expect(sampled.policyVersion == 2)
        #expect(evaluated.policyVersion == 3)
        #expect(trained.policyVersion == 3)
    }

    @Test func canonicalOrderIsIterationSplitKindIndex() {
        let tasks = [
            TaskID(iteration: 1, split: .train, kind: .sample, index: 9),
            TaskID(iteration: 1, split: .train, kind: .score, index: 0),
            TaskID(iteration: 1, split: .validation, kind: .sample, index: 0),
            TaskID(iteration: 2, split: .train, kind: .sample, index: 0),
        ]
        #expect(tasks.reversed().sorted() == tasks)
    }
}
