import Configuration
import Digests
import RolloutCore
import Synchronization
import Testing
import Transport
import ZeroMQ

@testable import Chaos

/// A node and a coordinator with the proxy between them, on loopback. Time is the test's.
@Suite(.timeLimit(.minutes(5)))
struct FaultProxyTests {
    private final class Clock: Sendable {
        private let time = Mutex(Duration.zero)
        var now: Duration { time.withLock { $0 } }
        func set(_ seconds: Double) { time.withLock { $0 = .seconds(seconds) } }
    }

    private struct Conversation {
        let clock = Clock()
        let ledger = FaultLedger()
        let router: RouterTransport
        let proxy: FaultProxy
        let dealer: DealerTransport
        let atCoordinator: Inbox<Arrival>
        let atNode: Inbox<UInt64>

        struct Arrival: Sendable, Equatable {
            let session: SessionID
            let sequence: UInt64
        }

        init(_ faults: String) async throws {
            let schedule = FaultSchedule(
                try FaultPlan(yaml: "lasts: 100\nquiet: 10\nfaults:\n\(faults)", file: "plan.yaml"))
            router = try RouterTransport(loop: PollLoop(name: "router"), endpoint: "tcp://127.0.0.1:*")
            proxy = try FaultProxy(
                loop: PollLoop(name: "proxy"), endpoint: "tcp://127.0.0.1:*", upstream: router.endpoint,
                schedule: schedule, ledger: ledger, clock: { [clock] in clock.now })
            dealer = try DealerTransport(loop: PollLoop(name: "dealer"), endpoint: proxy.endpoint)
            (atCoordinator, atNode) = (Inbox(), Inbox())
            await router.start { [atCoordinator] in
                atCoordinator.put(Arrival(session: $0, sequence: $1.sequence))
            }
            await dealer.start { [atNode] in atNode.put($0.sequence) }
            await proxy.start()
        }

        /// A node's message; the first of a conversation says what it is.
        func say(_ sequence: UInt64, _ role: Role = .sampler) async {
            let hello = Hello(
                role: role, node: "n", softwareVersion: "1", numericFingerprint: .zero, slots: 1, credit: 1)
            let message: NodeMessage = sequence == 1 ? .hello(hello) : .heartbeat(Heartbeat(held: [], credit: 1))
            let envelope = Envelope(
                run: .zero, term: Term(rawValue: 0), incarnation: Incarnation(rawValue: 5), sequence: sequence,
                message: message)
            #expect(await dealer.send(envelope) != .dropped)
        }

        func answer(_ sequence: UInt64, to session: SessionID) async {
            let envelope = Envelope<CoordinatorMessage>(
                run: .zero, term: Term(rawValue: 1), incarnation: Incarnation(rawValue: 5), sequence: sequence,
                message: .heartbeatAck)
            #expect(await router.send(envelope, to: session) != .dropped)
        }
    }

    /// What has arrived, to be waited for.
    private struct Inbox<Message: Sendable>: Sendable {
        private let box = Box()
        private final class Box: Sendable { let all = Mutex<[Message]>([]) }

        var all: [Message] { box.all.withLock { $0 } }
        var put: @Sendable (Message) -> Void { { [box] message in box.all.withLock { $0.append(message) } } }

        func wait(for count: Int) async throws -> [Message] {
            while all.count < count { try await Task.sleep(for: .milliseconds(1)) }
            return all
        }
    }

    @Test func withoutFaultsEverythingPassesBothWays() async throws {
        let talk = try await Conversation("")
        for sequence in 1...50 as ClosedRange<UInt64> { await talk.say(sequence) }
        let arrived = try await talk.atCoordinator.wait(for: 50)
        #expect(arrived.map(\.sequence) == Array(1...50))
        #expect(Set(arrived.map(\.session)).count == 1)
        for sequence in 1...50 as ClosedRange<UInt64> { await talk.answer(sequence, to: arrived[0].session) }
        #expect(try await talk.atNode.wait(for: 50) == Array(1...50))
        #expect(talk.ledger.tally.messages == 100)
        #expect(talk.ledger.tally.total == 0)
    }

    @Test func lossAndDuplicationAreThoseOfTheSchedule() async throws {
        let faults = """
              - {kind: loss, between: [sampler, coordinator], probability: 0.3}
              - {kind: duplication, between: [sampler, coordinator], probability: 0.3, direction: to-coordinator}
            """
        let talk = try await Conversation(faults)
        let schedule = FaultSchedule(
            try FaultPlan(yaml: "lasts: 100\nquiet: 10\nfaults:\n\(faults)", file: "plan.yaml"))
        var expected: [UInt64] = []
        for number in 0..<100 as Range<UInt64> {
            let fate = schedule.fate(of: number, .sampler, .toCoordinator, at: .zero)
            expected += Array(repeating: number + 1, count: fate.isLost ? 0 : fate.isDoubled ? 2 : 1)
            await talk.say(number + 1)
        }
        #expect(try await talk.atCoordinator.wait(for: expected.count).map(\.sequence) == expected)
        let tally = talk.ledger.tally
        #expect(tally.count(.loss) > 15 && tally.count(.duplication) > 10)
        #expect(expected.count == 100 - tally.count(.loss) + tally.count(.duplication))
    }

    @Test func aDamagedMessageIsRefusedByItsChecksum() async throws {
        let talk = try await Conversation(
            "  - {kind: corruption, between: [scorer, coordinator], probability: 1, at: 5, seconds: 5}")
        await talk.say(1, .scorer)
        _ = try await talk.atCoordinator.wait(for: 1)
        talk.clock.set(6)
        for sequence in 2...9 as ClosedRange<UInt64> { await talk.say(sequence) }
        while await talk.router.counters.refusedTotal < 8 { try await Task.sleep(for: .milliseconds(1)) }
        talk.clock.set(11)
        await talk.say(10)
        #expect(try await talk.atCoordinator.wait(for: 2).map(\.sequence) == [1, 10])
        #expect(talk.ledger.tally.counts == [.corruption: [.scorer: 8]])
    }

    @Test func aCutConnectionCarriesNothingOneWay() async throws {
        let talk = try await Conversation("")
        await talk.say(1)
        let session = try await talk.atCoordinator.wait(for: 1)[0].session
        let cut = Injection(
            at: .zero, kind: .cut, target: .sampler, pick: 0, lasting: .seconds(5), share: 0.5, direction: .toNode)
        await talk.proxy.strike(cut)
        for sequence in 1...3 as ClosedRange<UInt64> { await talk.answer(sequence, to: session) }
        while talk.ledger.tally.cutMessages < 3 { try await Task.sleep(for: .milliseconds(1)) }
        await talk.say(2)
        #expect(try await talk.atCoordinator.wait(for: 2).map(\.sequence) == [1, 2])
        talk.clock.set(5)
        await talk.answer(4, to: session)
        #expect(try await talk.atNode.wait(for: 1) == [4])
        #expect(talk.ledger.tally.counts == [.cut: [.sampler: 1]])
    }

    @Test func aResetConnectionIsAnotherSessionOfTheSameRole() async throws {
        let talk = try await Conversation("")
        await talk.say(1, .learner)
        _ = try await talk.atCoordinator.wait(for: 1)
        let reset = Injection(
            at: .zero, kind: .reset, target: .learner, pick: nil, lasting: .zero, share: 0.5, direction: .both)
        await talk.proxy.strike(reset)
        await talk.say(2)
        let arrived = try await talk.atCoordinator.wait(for: 2)
        #expect(arrived[1].sequence == 2 && arrived[1].session != arrived[0].session)
        await talk.answer(9, to: arrived[1].session)
        #expect(try await talk.atNode.wait(for: 1) == [9])
        await talk.proxy.strike(reset)
        #expect(talk.ledger.tally.counts == [.reset: [.learner: 2]])
    }

    @Test func nobodyToStrikeIsCounted() async throws {
        let talk = try await Conversation("")
        await talk.say(1)
        _ = try await talk.atCoordinator.wait(for: 1)
        let cut = Injection(
            at: .zero, kind: .cut, target: .scorer, pick: nil, lasting: .seconds(1), share: 0.5, direction: .both)
        await talk.proxy.strike(cut)
        // A sampler that has been silent for long has gone.
        talk.clock.set(6)
        await talk.proxy.strike(
            Injection(
                at: .zero, kind: .cut, target: .sampler, pick: nil, lasting: .seconds(1), share: 0.5, direction: .both))
        #expect(talk.ledger.tally.missed == [.cut: 2] && talk.ledger.tally.total == 0)
    }

    @Test func whatWaitsForACoordinatorReachesTheNext() async throws {
        let talk = try await Conversation("")
        await talk.say(1)
        _ = try await talk.atCoordinator.wait(for: 1)
        let endpoint = talk.router.endpoint
        await talk.router.close(linger: .zero)
        await talk.say(2)
        let second = try await rebound(endpoint)
        let inbox = Inbox<UInt64>()
        await second.start { inbox.put($1.sequence) }
        await talk.say(3)
        while !inbox.all.contains(3) { try await Task.sleep(for: .milliseconds(1)) }
        await second.close(linger: .zero)
    }

    /// A coordinator where another was; the port is free once libzmq has closed it.
    private func rebound(_ endpoint: String) async throws -> RouterTransport {
        while true {
            do {
                return try RouterTransport(loop: PollLoop(name: "router"), endpoint: endpoint)
            } catch TransportError.portInUse {
                try await Task.sleep(for: .milliseconds(1))
            }
        }
    }

    @Test func quietMendsEverything() async throws {
        let talk = try await Conversation("  - {kind: loss, between: [sampler, coordinator], probability: 1}")
        talk.clock.set(1)
        await talk.say(1)
        while talk.ledger.tally.count(.loss) < 1 { try await Task.sleep(for: .milliseconds(1)) }
        await talk.proxy.strike(
            Injection(
                at: .zero, kind: .cut, target: .sampler, pick: nil, lasting: .seconds(50), share: 0.5, direction: .both)
        )
        await talk.proxy.quieten()
        await talk.say(2)
        #expect(try await talk.atCoordinator.wait(for: 1).map(\.sequence) == [2])
    }
}
