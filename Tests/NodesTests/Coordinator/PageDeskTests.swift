import RolloutCore
import Testing

@testable import Nodes

@Suite struct PageDeskTests {
    @Test func onlySoManyPagesAreMadeAtATime() async {
        let (begun, begin) = AsyncStream<Void>.makeStream()
        let (allowed, allow) = AsyncStream<Void>.makeStream()
        let desk = PageDesk(limit: 1) { request in
            begin.yield()
            for await _ in allowed { break }
            return Page(number: 0, status: 200, type: "text/plain", body: request.path)
        }
        async let first = desk.page(for: PageRequest(number: 4, path: "/a"))
        for await _ in begun { break }
        let second = await desk.page(for: PageRequest(number: 5, path: "/b"))
        #expect(second.number == 5 && second.status == 503)
        allow.yield()
        #expect(await first == Page(number: 4, status: 200, type: "text/plain", body: "/a"))
        allow.yield()
        #expect(await desk.page(for: PageRequest(number: 6, path: "/c")).body == "/c")
    }
}
