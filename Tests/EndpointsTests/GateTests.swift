import Synchronization
import Testing

@testable import Endpoints

@Suite(.timeLimit(.minutes(5))) struct GateTests {
    @Test func whoIsCancelledEndsNobodysPause() async {
        let gate = Gate(count: 4)
        await gate.pause(.seconds(3600))
        // Those that wait say so, and sleep until they are cancelled.
        let (sleeping, said) = AsyncStream<Duration>.makeStream()
        let time = EndpointClient.Timekeeper(
            sleep: { left in
                said.yield(left)
                try? await Task.sleep(for: .seconds(3600))
            }, wallClock: { 0 })
        var sleepers = sleeping.makeAsyncIterator()
        let first = Task { await gate.waitForPause(time) }
        _ = await sleepers.next()
        first.cancel()
        await first.value
        let second = Task { await gate.waitForPause(time) }
        let left = await sleepers.next()
        #expect(left.map { $0 > .seconds(3000) } == true)
        second.cancel()
        await second.value
    }

    @Test func aPauseThatIsOverIsNone() async {
        let gate = Gate(count: 1)
        await gate.pause(.milliseconds(1))
        await gate.waitForPause(EndpointClient.Timekeeper(sleep: { try? await Task.sleep(for: $0) }, wallClock: { 0 }))
        await gate.waitForPause(EndpointClient.Timekeeper(sleep: { _ in Issue.record("no pause") }, wallClock: { 0 }))
    }
}
