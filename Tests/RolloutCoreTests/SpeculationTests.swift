import Digests
import Testing

@testable import RolloutCore

@Suite struct SpeculationTests {
    private let group = TaskGroup(iteration: 1, split: .train, kind: .sample)

    @Test func patienceIsThreeTimesThe95thPercentileOfEnoughDurations() {
        var speculation = Speculation()
        for seconds in 1...4 { speculation.finished(group, after: .seconds(seconds)) }
        #expect(speculation.patience(group) == nil)
        speculation.finished(group, after: .seconds(5))
        #expect(speculation.patience(group) == .seconds(15))
        for _ in 6...100 { speculation.finished(group, after: .seconds(1)) }
        #expect(speculation.patience(group) == .seconds(3))
    }

    /// Ten tasks on two nodes: one node does most of them in a second each, the other never ends its first.
    private func ending(
        done: Int = 9
    ) throws -> (harness: Harness, straggler: Harness.Peer, idle: Harness.Peer) {
        var harness = try Harness(
            plan: FakeTasks.plan(fineTunesFirst: false, prompts: 20, evaluated: [:]))
        harness.start()
        var worker = harness.join(.sampler, "quick", credit: 1)
        let straggler = harness.join(.sampler, "slow", credit: 1)
        let slow = try #require(harness.granted(to: straggler).first)
        for _ in 0..<done {
            harness.now = harness.now.advanced(by: .seconds(1))
            let grant = try #require(harness.granted(to: worker).first)
            let result = try #require(harness.result(grant))
            beat(&harness, straggler, [slow.attempt])
            harness.send(.result(result), from: &worker)
        }
        return (harness, straggler, worker)
    }

    private func beat(_ harness: inout Harness, _ peer: Harness.Peer, _ held: [Attempt], credit: UInt32 = 0) {
        var peer = peer
        peer.sequence = UInt64(harness.now.sinceStart / .milliseconds(1)) + 10
        harness.send(.heartbeat(Heartbeat(held: held, credit: credit)), from: &peer)
    }

    /// Both nodes go on reporting for some seconds; what the coordinator did meanwhile.
    private func pass(
        _ seconds: Int, _ harness: inout Harness, _ straggler: Harness.Peer, _ idle: Harness.Peer
    ) -> [CoordinatorEffect] {
        var effects: [CoordinatorEffect] = []
        for _ in 0..<seconds {
            for peer in [straggler, idle] {
                let held = harness.granted(to: peer).map(\.attempt)
                beat(&harness, peer, held, credit: held.isEmpty ? 1 : 0)
            }
            effects += harness.pass(.seconds(1))
        }
        return effects
    }

    @Test func aStragglerGetsOneCopyOnAnotherNode() throws {
        var (harness, straggler, idle) = try ending()
        let effects = pass(8, &harness, straggler, idle)
        let task = try #require(harness.granted(to: straggler).first).attempt.task
        #expect(effects.grants.map(\.attempt) == [Attempt(task: task, attempt: 2)])
        #expect(harness.granted(to: idle).map(\.attempt) == effects.grants.map(\.attempt))
        #expect(harness.coordinator.counters.infrastructure.speculated == 1)
    }

    @Test func whoeverIsFirstCountsAndTheOtherIsCancelled() throws {
        for copyWins in [true, false] {
            var (harness, straggler, idle) = try ending()
            _ = pass(8, &harness, straggler, idle)
            let grants = (harness.granted(to: straggler) + harness.granted(to: idle))
            try #require(grants.count == 2)
            let winner = copyWins ? grants[1] : grants[0]
            let result = try #require(harness.result(winner))
            var sender = copyWins ? idle : straggler
            sender.sequence = 1 << 30
            let effects = harness.send(.result(result), from: &sender)
            #expect(effects.messages.contains(.cancel([copyWins ? grants[0].attempt : grants[1].attempt])))
            #expect(harness.granted(to: straggler).isEmpty)
            #expect(!harness.granted(to: idle).contains { $0.attempt.task == winner.attempt.task })
            #expect(harness.coordinator.counters.acceptedLate == 0)
        }
    }

    @Test func theOtherLeaseGoesOnWhenOneIsLost() throws {
        for losesCopy in [true, false] {
            var (harness, straggler, idle) = try ending()
            _ = pass(8, &harness, straggler, idle)
            var leaver = losesCopy ? idle : straggler
            let stayer = losesCopy ? straggler : idle
            leaver.sequence = 1 << 30
            let task = try #require(harness.granted(to: straggler).first).attempt.task
            harness.send(.goodbye, from: &leaver)
            #expect(harness.coordinator.tasks[task]?.leases.map(\.holder) == [stayer.incarnation])
            #expect(harness.coordinator.tasks[task]?.copy == nil)
        }
    }

    @Test func nothingIsLeasedTwiceWhileOthersWait() throws {
        var (harness, straggler, idle) = try ending(done: 6)
        _ = pass(8, &harness, straggler, idle)
        #expect(harness.coordinator.counters.infrastructure.speculated == 0)
    }
}
