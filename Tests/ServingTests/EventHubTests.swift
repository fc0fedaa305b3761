import Testing

@testable import Serving

@Suite struct EventHubTests {
    private func text(_ bytes: [UInt8]?) -> String? { bytes.map { String(decoding: $0, as: UTF8.self) } }

    @Test func whoComesLateGetsTheNewestAtOnce() async throws {
        let hub = EventHub()
        hub.publish("one", on: "a")
        hub.publish("two\nlines", on: "a")
        hub.publish("other", on: "b")
        var events = try #require(hub.watch("a")).makeAsyncIterator()
        #expect(text(await events.next()) == "retry: 5000\n\ndata: two\ndata: lines\n\n")
        hub.publish("three", on: "a")
        #expect(text(await events.next()) == "data: three\n\n")
    }

    @Test func itKnowsWhatIsWatched() async throws {
        let hub = EventHub()
        #expect(hub.watched.isEmpty)
        let events = [try #require(hub.watch("a")), try #require(hub.watch("a")), try #require(hub.watch("b"))]
        #expect(hub.watched == ["a", "b"])
        hub.close()
        #expect(hub.watched.isEmpty)
        withExtendedLifetime(events) {}
    }

    @Test func whatIsKnownIsNotSaidAgainUntilTheBeat() async throws {
        let hub = EventHub()
        var events = try #require(hub.watch("a")).makeAsyncIterator()
        _ = await events.next()
        hub.publish("one", on: "a")
        #expect(text(await events.next()) == "data: one\n\n")
        hub.publish("one", on: "a")
        hub.beat()
        hub.close()
        #expect(text(await events.next()) == "data: one\n\n")
        #expect(await events.next() == nil)
    }

    @Test func slowOnesMissWhatCameBetween() async throws {
        let hub = EventHub()
        var events = try #require(hub.watch("a")).makeAsyncIterator()
        for number in 1...10 { hub.publish("\(number)", on: "a") }
        #expect(text(await events.next()) == "data: 10\n\n")
    }

    @Test func thereAreOnlySoMany() throws {
        let hub = EventHub(limit: 2)
        var streams = [hub.watch("a"), hub.watch("b")]
        #expect(streams.allSatisfy { $0 != nil })
        #expect(hub.watch("a") == nil)
        #expect(hub.count == 2)
        // Whoever goes makes room.
        streams.removeAll()
        #expect(hub.count == 0)
        #expect(hub.watch("a") != nil)
    }

    @Test func whoTakesNothingForLongMakesRoom() async throws {
        let hub = EventHub(limit: 1, patience: 3)
        let stalled = try #require(hub.watch("a"))
        for _ in 0..<2 { hub.beat() }
        #expect(hub.count == 1)
        hub.beat()
        #expect(hub.count == 0)
        #expect(hub.watch("a") != nil)
        var events = stalled.makeAsyncIterator()
        _ = await events.next()
        #expect(await events.next() == nil)
    }

    @Test func textCannotEndItsEvent() async throws {
        let hub = EventHub()
        hub.publish("a\n\ndata: forged\r\r\nevent: x", on: "a")
        var events = try #require(hub.watch("a")).makeAsyncIterator()
        let text = try #require(text(await events.next()))
        #expect(text.hasPrefix("retry: 5000\n\n"))
        let event = text.dropFirst("retry: 5000\n\n".count)
        #expect(event.hasSuffix("\n\n"))
        #expect(
            event.dropLast(2).split(separator: "\n", omittingEmptySubsequences: false).allSatisfy {
                $0.hasPrefix("data: ")
            })
        #expect(!event.utf8.contains(0x0D))
    }
}
