import Digests
import Testing

@testable import RolloutCore

@Suite struct LeasingTests {
    @Test func creditIsNeverExceededAndFilledInTurn() throws {
        var harness = try Harness(plan: FakeTasks.plan(fineTunesFirst: false, prompts: 6, evaluated: [:]))
        harness.coordinator.isLeasingPaused = true
        harness.start()
        let first = harness.join(.sampler, "a", slots: 1, credit: 3)
        let second = harness.join(.sampler, "b", slots: 1, credit: 1)
        harness.coordinator.isLeasingPaused = false
        harness.handle(.tick)
        #expect(harness.granted(to: first).map(\.attempt.task.index) == [0, 2])
        #expect(harness.granted(to: second).map(\.attempt.task.index) == [1])
    }

    @Test func whatANodeStillHoldsCountsAgainstItsCredit() throws {
        var harness = try Harness(plan: FakeTasks.plan(fineTunesFirst: false))
        harness.start()
        var sampler = harness.join(.sampler, "a", slots: 1, credit: 2)
        let grants = harness.granted(to: sampler)
        let result = try #require(harness.result(grants[0]))
        // Its acknowledgement is lost: the node holds the result and one running task, and has no room.
        harness.coordinator.isLeasingPaused = true
        harness.send(.result(result), from: &sampler)
        harness.coordinator.isLeasingPaused = false
        let beat = harness.send(.heartbeat(Heartbeat(held: grants.map(\.attempt), credit: 0)), from: &sampler)
        #expect(beat.grants.isEmpty)
        #expect(beat.messages == [.heartbeatAck, .cancel([grants[0].attempt])])
        #expect(
            harness.send(.heartbeat(Heartbeat(held: [grants[1].attempt], credit: 1)), from: &sampler).grants.count == 1)
    }

    @Test func rolesGetTheirOwnKindOfTask() throws {
        var harness = try Harness(plan: FakeTasks.plan(fineTunesFirst: false))
        harness.start()
        let scorer = harness.join(.scorer, "c")
        let learner = harness.join(.learner, "l")
        #expect(harness.granted(to: scorer).isEmpty && harness.granted(to: learner).isEmpty)
        var sampler = harness.join(.sampler, "s")
        let grant = try #require(harness.granted(to: sampler).first)
        harness.send(.result(try #require(harness.result(grant))), from: &sampler)
        #expect(harness.granted(to: scorer).map(\.attempt.task) == [grant.attempt.task.sibling(.score)])
    }

    @Test func theEStepGoesBeforeEvaluations() throws {
        var harness = try Harness(plan: FakeTasks.plan(fineTunesFirst: false, prompts: 4))
        harness.start()
        let sampler = harness.join(.sampler, "s", slots: 1, credit: 10)
        let steps = harness.granted(to: sampler).map { "\($0.attempt.task)" }
        #expect(
            steps == [
                "sample 1/train/0", "sample 1/train/1", "sample 0/validation/0", "sample 0/validation/1",
                "sample 0/test/0",
            ])
    }

    @Test func theInputDigestIsThatOfTheTask() throws {
        var harness = try Harness(plan: FakeTasks.plan(fineTunesFirst: false))
        harness.start()
        let sampler = harness.join(.sampler, "s")
        let grant = try #require(harness.granted(to: sampler).first)
        let expected = harness.coordinator.plan.inputDigest(
            of: grant.attempt.task, from: .sample(policy: FakeTasks.base))
        #expect(grant.inputDigest == expected && grant.timeToLive == Timers().lease)
    }
}
