import RolloutCore
import Testing
import ZeroMQ

@testable import Transport

@Suite(.timeLimit(.minutes(5)))
struct InMemoryNetworkTests {
    /// The order in which 200 messages arrive under faults.
    private func arrivals(seed: UInt64) async throws -> [UInt64] {
        let loop = try PollLoop(name: "test")
        var faults = InMemoryNetwork.Faults()
        faults.loss = 0.2
        faults.duplication = 0.3
        faults.delay = .milliseconds(1) ... .milliseconds(100)
        faults.seed = seed
        let network = InMemoryNetwork(faults: faults)
        let coordinator = network.coordinator(on: loop)
        let requests = await coordinator.inbox()
        let node = network.node(on: loop)
        _ = await node.inbox()
        for index in 0..<200 { _ = await node.send(Messages.heartbeat(index)) }
        await network.settle()
        #expect(await coordinator.counters.received == 0)
        let inFlight = network.inFlight
        for _ in 0..<10 { network.advance(by: .milliseconds(10)) }
        await network.settle()
        #expect(network.inFlight == 0)
        #expect(await coordinator.counters.received == inFlight)
        var order: [UInt64] = []
        for _ in 0..<inFlight { order.append(try #require(await requests.next()).envelope.sequence) }
        return order
    }

    @Test("Messages are lost, doubled and overtaken as often as asked, and the same way for the same seed")
    func faults() async throws {
        let order = try await arrivals(seed: 1)
        let distinct = Set(order)
        #expect(distinct.count > 130 && distinct.count < 185)
        #expect(order.count - distinct.count > 20)
        #expect(order != order.sorted())
        #expect(try await arrivals(seed: 1) == order)
        #expect(try await arrivals(seed: 2) != order)
    }

    @Test("A node without a coordinator drops what it sends, and a new coordinator is a new session")
    func coordinatorRestart() async throws {
        let loop = try PollLoop(name: "test")
        let network = InMemoryNetwork()
        let node = network.node(on: loop)
        let replies = await node.inbox()
        #expect(await node.send(Messages.heartbeat(1)) == .dropped)
        #expect(await !node.isConnected)
        let first = network.coordinator(on: loop)
        let toFirst = await first.inbox()
        #expect(await node.isConnected)
        #expect(await node.send(Messages.heartbeat(2)) == .sent)
        let old = try #require(await toFirst.next()).session
        let second = network.coordinator(on: loop)
        let toSecond = await second.inbox()
        #expect(await first.send(Messages.coordinator(1, .drain), to: old) == .unreachable)
        #expect(await node.send(Messages.heartbeat(3)) == .sent)
        let new = try #require(await toSecond.next()).session
        #expect(new != old)
        #expect(await second.send(Messages.coordinator(2, .drain), to: new) == .sent)
        #expect(try #require(await replies.next()).sequence == 2)
    }
}
