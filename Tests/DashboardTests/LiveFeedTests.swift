import RolloutCore
import RunStore
import Serving
import Synchronization
import Testing

@testable import Dashboard

@Suite struct LiveFeedTests {
    private func text(_ bytes: [UInt8]?) -> String { String(decoding: bytes ?? [], as: UTF8.self) }

    @Test func aRunThatHasNotBegunIsWaitedFor() async throws {
        let run = try HostileRun()
        let feed = LiveFeed(run.directory, clock: { 1002 })
        await feed.refresh()
        guard case .none(let sentence) = await feed.state else { return #expect(Bool(false), "there is no run") }
        #expect(sentence.contains("holds no run yet"), "\(sentence)")
        let reply = await Site(feed, Browser(run.directory)).reply(to: WebRequest("/healthz"))
        #expect(reply.status == 503)
        try run.begin()
        await feed.refresh()
        guard case .run(let snapshot) = await feed.state else { return #expect(Bool(false), "there is a run") }
        #expect(snapshot.summary.rewards.map(\.trajectories) == [60])
    }

    @Test func watchersGetWhatChangesAndOnlyThat() async throws {
        let run = try HostileRun()
        try run.begin()
        try run.tick()
        let feed = LiveFeed(run.directory, clock: { 1002 })
        await feed.refresh()
        var events = try #require(feed.hub.watch("overview")).makeAsyncIterator()
        #expect(text(await events.next()).contains("step 4 of 10"))
        await feed.refresh()
        try run.tick { $0.training?.step = 5 }
        await feed.refresh()
        #expect(text(await events.next()).contains("step 5 of 10"))
    }

    @Test func whatIsNotWrittenIsNotReadAgain() async throws {
        let run = try HostileRun()
        try run.begin()
        let time = Mutex(1000.0)
        let feed = LiveFeed(run.directory, clock: { time.withLock { $0 } })
        await feed.refresh()
        time.withLock { $0 += 60 }
        await feed.refresh()
        guard case .run(let old) = await feed.state else { return #expect(Bool(false), "there is a run") }
        #expect(old.readAt == 1000)
        try run.tick()
        await feed.refresh()
        guard case .run(let new) = await feed.state else { return #expect(Bool(false), "there is a run") }
        #expect(new.readAt == 1060)
        #expect(new.counts.endings.map(\.count).reduce(0, +) > 0)
    }
}
