import Digests
import Testing

@testable import RolloutCore

@Suite struct TaskDigestsTests {
    let plan = FakeTasks.plan()
    let task = TaskID(iteration: 1, split: .train, kind: .sample, index: 0)

    @Test func inputDependsOnEverythingThatDecidesTheOutput() {
        var digests: Set<Digest> = [plan.inputDigest(of: task, from: .sample(policy: Digest.of("a")))]
        digests.insert(plan.inputDigest(of: task, from: .sample(policy: Digest.of("b"))))
        var other = task
        other.index = 1
        digests.insert(plan.inputDigest(of: other, from: .sample(policy: Digest.of("a"))))
        digests.insert(plan.inputDigest(of: task.sibling(.score), from: .score(sampled: Digest.of("a"))))
        var replanned = plan
        replanned.seed = 8
        digests.insert(replanned.inputDigest(of: task, from: .sample(policy: Digest.of("a"))))
        replanned = plan
        replanned.promptsPerTask = 3
        digests.insert(replanned.inputDigest(of: task, from: .sample(policy: Digest.of("a"))))
        replanned = plan
        replanned.samplesPerPrompt = 4
        digests.insert(replanned.inputDigest(of: task, from: .sample(policy: Digest.of("a"))))
        #expect(digests.count == 7)
    }

    @Test func outputDependsOnEveryField() {
        let trajectory = Trajectory(
            id: TrajectoryID(prompt: 1, sample: 2), tokens: [3], stop: .stopToken, reasoning: "r", answer: "a",
            logProbability: -1)
        var variants = Array(repeating: trajectory, count: 7)
        variants[1].tokens = [4]
        variants[2].stop = .length
        variants[3].reasoning = ""
        variants[4].answer = nil
        variants[5].logProbability = -2
        variants[6].id.sample = 3
        #expect(Set(variants.map { TaskOutput.sample([$0]).digest }).count == 7)
        let noAnswer = TaskOutput.score([Score(id: trajectory.id, reward: nil)])
        #expect(noAnswer.digest != TaskOutput.score([Score(id: trajectory.id, reward: 0)]).digest)
    }

    @Test func trainedPolicyIsItsWeightsAndNotTheirEncoding() {
        let policy = PolicyManifest(
            version: 1, base: FakeTasks.base, weights: Digest.of("w"), delta: BlobManifest(of: [1]))
        var trained = TrainedPolicy(
            policy: policy, steps: 1, examples: 2, tokens: 3, firstLoss: 4, lastLoss: 5, density: 1, fullByteCount: 9)
        let digest = TaskOutput.train(trained).digest
        trained.policy.delta = BlobManifest(of: [2])
        #expect(TaskOutput.train(trained).digest == digest)
        trained.policy.weights = Digest.of("v")
        #expect(TaskOutput.train(trained).digest != digest)
    }
}
