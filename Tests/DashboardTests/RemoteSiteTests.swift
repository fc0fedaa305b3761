import Serving
import Testing

@testable import Dashboard

/// The pages of a run that is kept elsewhere, without the way there.
@Suite struct RemoteSiteTests {
    private let run: HostileRun
    private let there: RunSite

    init() throws {
        run = try HostileRun()
        try run.begin()
        try run.tick()
        there = RunSite(run.directory)
    }

    private struct Gone: Error, CustomStringConvertible {
        let description = "nobody <b>answers</b>"
    }

    private func text(_ reply: WebReply) throws -> String {
        guard case .text(let text) = reply.body else { throw Gone() }
        return text
    }

    @Test(arguments: ["/", "/cluster", "/trajectories", "/trajectories/train/1/1", "/api/trajectories", "/none"])
    func pagesAreThoseOfTheRun(path: String) async throws {
        let site = RemoteSite { [there] in await there.reply(to: $0) }
        let here = await site.reply(to: WebRequest(path))
        let direct = await there.reply(to: WebRequest(path))
        #expect(here.status == direct.status && here.type == direct.type)
        #expect(try text(here).count == text(direct).count)
        #expect(here.status == (path == "/none" ? 404 : 200))
    }

    @Test func whatNeverChangesIsNotAskedFor() async throws {
        let site = RemoteSite { _ in throw Gone() }
        for path in ["/style.css", "/script.js", "/icon.svg"] {
            #expect(await site.reply(to: WebRequest(path)).status == 200, "\(path)")
        }
    }

    @Test func whereNobodyAnswersAPageSaysSo() async throws {
        let site = RemoteSite { _ in throw Gone() }
        let page = await site.reply(to: WebRequest("/cluster"))
        #expect(page.status == 503)
        let html = try text(page)
        #expect(html.contains("nobody &lt;b&gt;answers") && html.contains("data-live=\"cluster\""))
        let data = await site.reply(to: WebRequest("/metrics"))
        #expect(try data.status == 503 && text(data) == "nobody <b>answers</b>\n")
    }

    @Test func whatIsWatchedIsKeptUpToDate() async throws {
        let site = RemoteSite { [there] in await there.reply(to: $0) }
        guard case .events(let events) = await site.reply(to: WebRequest("/events", [.init("page", "failures")])).body
        else { throw Gone() }
        let renewing = Task { await site.run {} }
        defer { renewing.cancel() }
        for await event in events {
            let text = String(decoding: event, as: UTF8.self)
            guard text.contains("data: ") else { continue }
            #expect(text.contains("<h1>Failures</h1>"))
            break
        }
        #expect(site.hub.watched.isSubset(of: ["failures"]))
    }
}
