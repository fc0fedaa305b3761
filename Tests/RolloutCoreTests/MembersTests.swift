import Digests
import Testing

@testable import RolloutCore

@Suite struct MembersTests {
    func started() throws -> Harness {
        var harness = try Harness(plan: FakeTasks.plan(fineTunesFirst: false))
        harness.start()
        return harness
    }

    func beat(_ held: [Attempt], credit: UInt32 = 0) -> NodeMessage {
        .heartbeat(Heartbeat(held: held, credit: credit))
    }

    @Test func joiningSamplersLearnTimersBaseAndLatestPolicy() throws {
        var harness = try started()
        var sampler = harness.peer(.sampler, "s")
        let effects = harness.send(.hello(Harness.hello(.sampler, "s")), from: &sampler, term: 0)
        #expect(effects.messages.count == 2)
        guard case .welcome(let welcome)? = effects.messages.first, case .policy(let policy)? = effects.messages.last
        else {
            Issue.record("not welcomed: \(effects)")
            return
        }
        #expect(welcome.timers == Timers() && policy.version == 0)
    }

    @Test func aLeaseMissingFromTwoHeartbeatsIsLeasedAnew() throws {
        var harness = try Harness(plan: FakeTasks.plan(fineTunesFirst: false, prompts: 2, evaluated: [:]))
        harness.start()
        var sampler = harness.join(.sampler, "s", slots: 1, credit: 1)
        let lost = try #require(harness.granted(to: sampler).first).attempt
        #expect(!harness.send(beat([], credit: 1), from: &sampler).notices.contains(.leaseNotReported(lost, node: "s")))
        #expect(harness.send(beat([], credit: 1), from: &sampler).notices.contains(.leaseNotReported(lost, node: "s")))
        harness.pass(.seconds(1))
        #expect(harness.granted(to: sampler).map(\.attempt) == [Attempt(task: lost.task, attempt: 2)])
        #expect(harness.coordinator.tasks[lost.task]?.suspicions == 0, "a lost message is never the task's fault")
    }

    @Test func aRepeatedHeartbeatCountsOnce() throws {
        var harness = try started()
        var sampler = harness.join(.sampler, "s", slots: 1, credit: 1)
        let held = harness.granted(to: sampler)
        harness.send(beat([]), from: &sampler)
        sampler.sequence -= 1
        harness.send(beat([]), from: &sampler)
        #expect(harness.granted(to: sampler) == held)
    }

    @Test("Who speaks over another connection is answered there, and an older message does not call back")
    func aMemberThatHasMoved() throws {
        var harness = try started()
        var sampler = harness.join(.sampler, "s", slots: 1, credit: 1)
        let held = harness.granted(to: sampler).map(\.attempt)
        harness.send(beat(held), from: &sampler)
        var moved = sampler
        moved.session = SessionID(rawValue: 77)
        #expect(harness.send(beat(held), from: &moved).sessions == [moved.session])
        // Sent before, arrived after.
        #expect(harness.send(beat(held), from: &sampler).sessions == [moved.session])
        #expect(harness.coordinator.session(of: sampler.incarnation) == moved.session)
    }

    @Test func reportedLeasesLiveOnAndUnreportedNodesDie() throws {
        var harness = try started()
        var alive = harness.join(.sampler, "a", slots: 1, credit: 1)
        let silent = harness.join(.sampler, "b", slots: 1, credit: 1)
        let (kept, lost) = (harness.granted(to: alive), harness.granted(to: silent))
        var notices: [Notice] = []
        for _ in 0..<12 {
            notices += harness.send(beat(kept.map(\.attempt)), from: &alive).notices
            notices += harness.pass(.seconds(1)).notices
        }
        #expect(harness.granted(to: alive) == kept)
        #expect(notices.contains(.nodeLost(silent.session, node: "b", .sampler, held: 1)))
        #expect(harness.coordinator.counters.infrastructure.expired == 1)
        #expect(harness.coordinator.tasks[lost[0].attempt.task]?.state.isSettled == false)
    }

    @Test func aLostNodeThatComesBackIsFenced() throws {
        var harness = try started()
        var sampler = harness.join(.sampler, "s")
        let grant = try #require(harness.granted(to: sampler).first)
        let result = try #require(harness.result(grant))
        harness.pass(.seconds(12))
        let effects = harness.send(.result(result), from: &sampler)
        guard case .fenced? = effects.messages.first else {
            Issue.record("not fenced: \(effects)")
            return
        }
        #expect(effects.records.isEmpty, "nothing fenced has an effect")
        // As a new incarnation it hands the same result in, and it counts.
        var again = harness.join(.sampler, "s")
        let late = harness.send(.result(result), from: &again)
        #expect(late.notices.contains(.accepted(grant.attempt, node: "s", late: true)))
    }

    @Test func aReplacedProcessLosesItsLeasesAtOnce() throws {
        var harness = try started()
        let old = harness.join(.sampler, "s", slots: 1, credit: 1)
        let held = harness.granted(to: old).map(\.attempt)
        let new = harness.join(.sampler, "s", slots: 1, credit: 1)
        #expect(harness.granted(to: old).isEmpty)
        #expect(harness.coordinator.counters.infrastructure.replaced == 1)
        #expect(harness.granted(to: new).map(\.attempt) != held)
    }

    @Test func onlyRunningTasksAreSuspectedOfKillingTheirNode() throws {
        var harness = try started()
        var sampler = harness.join(.sampler, "s", slots: 1, credit: 2)
        let held = harness.granted(to: sampler).map(\.attempt)
        harness.send(beat(held), from: &sampler)
        _ = harness.join(.scorer, "other")
        harness.pass(.seconds(11))
        #expect(held.map { harness.coordinator.tasks[$0.task]?.suspicions } == [1, 0])
    }

    @Test func heldWorkIsTakenUpAfterARestartOfTheCoordinator() throws {
        var harness = try started()
        var sampler = harness.join(.sampler, "s", slots: 1, credit: 2)
        let held = harness.granted(to: sampler).map(\.attempt)
        var restarted = try Harness(plan: harness.coordinator.plan, term: 2, recovered: harness.journal)
        restarted.start()
        let answer = restarted.send(beat(held), from: &sampler, term: 1)
        guard case .fenced? = answer.messages.first else {
            Issue.record("not told of the new term: \(answer)")
            return
        }
        restarted.coordinator.isLeasingPaused = true
        restarted.send(.hello(Harness.hello(.sampler, "s")), from: &sampler, term: 1)
        restarted.send(beat(held), from: &sampler)
        #expect(restarted.coordinator.leases.of(sampler.incarnation).map(\.attempt) == held)
        #expect(restarted.coordinator.counters.infrastructure.adopted == held.count)
        #expect(restarted.coordinator.counters.leased == 0)
    }

    @Test func releasedAndLeftBehindTasksGoToOthers() throws {
        var harness = try started()
        var first = harness.join(.sampler, "a", slots: 1, credit: 1)
        let held = harness.granted(to: first).map(\.attempt)
        let second = harness.join(.sampler, "b", slots: 1, credit: 9)
        harness.send(.goodbye, from: &first)
        #expect(harness.granted(to: second).map(\.attempt).contains(Attempt(task: held[0].task, attempt: 2)))
        #expect(harness.coordinator.counters.infrastructure.released == 1)
        let messages = harness.send(.goodbye, from: &first).messages
        #expect(messages.isEmpty, "a repeated Goodbye needs no answer")
    }
}
