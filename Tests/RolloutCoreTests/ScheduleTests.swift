import Digests
import Testing

@testable import RolloutCore

@Suite struct ScheduleTests {
    func policy(_ version: UInt32) -> PolicyManifest {
        PolicyManifest(
            version: version, base: FakeTasks.base, weights: Digest.of("\(version)"), delta: BlobManifest(of: [1]))
    }

    func trained(_ version: UInt32) -> TrainedPolicy {
        TrainedPolicy(
            policy: policy(version), steps: 1, examples: 1, tokens: 1, firstLoss: 1, lastLoss: 1, density: 1,
            fullByteCount: 1)
    }

    let sealedFirst = SealedIteration(iteration: 1, root: .zero, thresholds: [], kept: [], counts: SelectionCounts())

    @Test func fineTuningThenIterationsThenEvaluation() {
        var schedule = Schedule(plan: FakeTasks.plan(iterations: 1))
        #expect(schedule.stage == .storing(iteration: 0))
        schedule.stored(BlobManifest(of: [1]), iteration: 0)
        #expect(schedule.stage == .training(iteration: 0))
        schedule.accepted(trained(0))
        #expect(schedule.stage == .committing(policy(0)))
        schedule.committed(policy(0))
        #expect(schedule.stage == .sampling(iteration: 1) && schedule.phase == .sampling(iteration: 1))
        schedule.sealed(sealedFirst)
        #expect(schedule.stage == .storing(iteration: 1))
        schedule.stored(BlobManifest(of: [2]), iteration: 1)
        #expect(schedule.stage == .training(iteration: 1))
        schedule.accepted(trained(1))
        schedule.committed(policy(1))
        #expect(schedule.stage == .evaluating && schedule.phase == .evaluating(policy: 1))
        let outcome = Outcome(bestPolicy: 1, evaluations: [])
        schedule.finished(outcome)
        #expect(schedule.stage == .finished(outcome))
    }

    @Test func withoutFineTuningPolicyZeroIsTheBase() {
        let schedule = Schedule(plan: FakeTasks.plan(fineTunesFirst: false))
        let base = PolicyManifest(version: 0, base: FakeTasks.base, weights: FakeTasks.base, delta: nil)
        #expect(schedule.stage == .committing(base))
    }

    @Test func trainingStartsFromTheBaseOrThePreviousPolicy() {
        var fresh = Schedule(plan: FakeTasks.plan())
        var continued = Schedule(plan: FakeTasks.plan(startsFromPrevious: true))
        fresh.committed(policy(0))
        continued.committed(policy(0))
        #expect(fresh.start(of: 1)?.weights == FakeTasks.base)
        #expect(continued.start(of: 1) == policy(0))
        #expect(continued.start(of: 0)?.weights == FakeTasks.base)
        #expect(continued.start(of: 2) == nil)
    }

    func validation(_ policy: UInt32, _ mean: Double, decoding: UInt32 = 0) -> Evaluation {
        Evaluation(
            policy: policy, split: .validation, decoding: decoding, meanReward: mean, count: 1, malformed: 0,
            unscored: 0)
    }

    /// With patience the next E-step waits for the validation of the latest policy.
    @Test func patienceEndsTheRunAfterIterationsWithoutABetterValidation() {
        var schedule = Schedule(plan: FakeTasks.plan(iterations: 9, patience: 2))
        for (version, mean) in [(UInt32(0), 0.5), (1, 0.6), (2, 0.6)] {
            schedule.committed(policy(version))
            #expect(schedule.stage == .validating(policy: version))
            schedule.evaluated(validation(version, mean))
            #expect(schedule.stage == .sampling(iteration: version + 1))
            schedule.sealed(
                SealedIteration(
                    iteration: version + 1, root: .zero, thresholds: [], kept: [], counts: SelectionCounts()))
        }
        schedule.committed(policy(3))
        schedule.evaluated(validation(3, 0.9, decoding: 1))
        schedule.evaluated(validation(3, 0.5))
        #expect(schedule.stage == .evaluating && schedule.phase == .evaluating(policy: 3))
        #expect(schedule.lastPolicy == 3 && schedule.evaluations.bestPolicy == 1)
    }

    @Test func evaluationsAreKeptInOrder() {
        var schedule = Schedule(plan: FakeTasks.plan())
        for (policy, split) in [(UInt32(1), Split.test), (0, .test), (1, .validation), (0, .validation)] {
            schedule.evaluated(
                Evaluation(policy: policy, split: split, meanReward: 0, count: 0, malformed: 0, unscored: 0))
        }
        #expect(schedule.evaluations.map(\.policy) == [0, 0, 1, 1])
        #expect(schedule.evaluations.map(\.split) == [.validation, .test, .validation, .test])
    }
}
