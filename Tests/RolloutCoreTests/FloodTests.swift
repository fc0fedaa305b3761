import Digests
import Testing

@testable import RolloutCore

/// Peers that say far too much cost bounded memory, and honest nodes their turn at most.
@Suite struct FloodTests {
    @Test func aNodeThatIsAlwaysAnotherProcessIsOneMember() {
        var membership = Membership(
            run: Digest.of("run"), term: Term(rawValue: 1), softwareVersion: "1",
            numericFingerprint: MiniCluster.fingerprint)
        let now = Instant(sinceStart: .zero)
        func hello(_ incarnation: UInt64) -> Membership.HelloVerdict {
            membership.hello(
                Harness.hello(.sampler, "s"), session: SessionID(rawValue: 1),
                envelope: Envelope(
                    run: .zero, term: Term(rawValue: 0), incarnation: Incarnation(rawValue: incarnation), sequence: 1,
                    message: .goodbye), now: now)
        }
        let flood = UInt64(3 * Membership.fenceLimit)
        for incarnation in 1...flood { _ = hello(incarnation) }
        #expect(membership.all.map(\.incarnation.rawValue) == [flood])
        #expect(membership.fenced.count <= Membership.fenceLimit)
        guard case .fenced = hello(flood - 1) else {
            Issue.record("the process that was just replaced is a member again")
            return
        }
    }

    @Test func noMoreNodesThanCanBeServedAndTheRunGoesOn() throws {
        var harness = try Harness(plan: FakeTasks.plan(fineTunesFirst: false))
        harness.start()
        var sampler = harness.join(.sampler, "s")
        let grant = try #require(harness.granted(to: sampler).first)
        var refused = 0
        for number in 0..<Membership.limit + 100 {
            var stranger = harness.peer(.sampler, "stranger \(number)")
            let hello = Harness.hello(.sampler, "stranger \(number)", slots: 1, credit: 1)
            for message in harness.send(.hello(hello), from: &stranger, term: 0).messages {
                if case .reject(let rejection) = message, rejection.reason == .busy { refused += 1 }
            }
        }
        #expect(refused == 101 && harness.coordinator.counters.infrastructure.rejected == 101)
        #expect(harness.coordinator.membership.all.count == Membership.limit)
        let result = try #require(harness.result(grant))
        #expect(harness.send(.result(result), from: &sampler).records.count == 1)
        // Who only said Hello is out when a lease is over, and room is free again.
        harness.now = harness.now.advanced(by: .milliseconds(1500))
        for _ in 0..<8 {
            harness.send(.heartbeat(Heartbeat(held: [], credit: 1)), from: &sampler)
            harness.now = harness.now.advanced(by: .milliseconds(1500))
            harness.handle(.tick)
        }
        #expect(harness.coordinator.membership.all.map(\.node) == ["s"])
    }

    /// A heartbeat may list anything: what is no task of the run is told to stop, and holds nothing.
    @Test func aHeartbeatOfThingsThatAreNotThereLeasesNothing() throws {
        var harness = try Harness(plan: FakeTasks.plan(fineTunesFirst: false))
        harness.start()
        var sampler = harness.join(.sampler, "s")
        let held = (0..<4000).map {
            Attempt(task: TaskID(iteration: 9, split: .train, kind: .sample, index: $0), attempt: .max)
        }
        let effects = harness.send(.heartbeat(Heartbeat(held: held, credit: 4)), from: &sampler)
        #expect(effects.records.isEmpty && effects.messages.contains(.cancel(held)))
        #expect(harness.coordinator.leases(of: sampler.incarnation).allSatisfy { $0.task.iteration == 1 })
    }
}
