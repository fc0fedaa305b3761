import Digests
import Exposition
import JSONLines
import Reports
import RolloutCore
import RunStore
import Serving

/// What is where.
///
///     /                          overview          /events?page=NAME       server-sent events of a page
///     /cluster                   nodes and tasks   /api/run                the run as JSON
///     /failures                  by kind           /api/trajectories?…     a page of a search as JSON
///     /events/before/ID          older events      /api/trajectories/SPLIT/ITERATION/PROMPT
///     /live/NAME                 what a page says now, for a dashboard elsewhere
///     /weights                   versions          /api/events?before=ID&limit=N
///     /trajectories?…            browse, search    /healthz                whether the run can be read
///     /trajectories/SPLIT/ITERATION/PROMPT             /metrics                for Prometheus
///
/// What follows the question mark of a search stands with `SearchQuery`.
struct Site: Sendable {
    private let feed: LiveFeed
    private let browser: Browser
    private let clock: @Sendable () -> Double

    init(_ feed: LiveFeed, _ browser: Browser, clock: @escaping @Sendable () -> Double = Journal.wallClock) {
        self.feed = feed
        self.browser = browser
        self.clock = clock
    }

    /// The answer to a request.
    func reply(to request: WebRequest) async -> WebReply {
        let parts = request.path.split(separator: "/").map(String.init)
        do {
            return switch parts.first {
            case "style.css": WebReply(type: "text/css; charset=utf-8", DashboardStyle.text)
            case "script.js": WebReply(type: "text/javascript; charset=utf-8", Script.text)
            case "icon.svg": WebReply(type: "image/svg+xml", Script.icon)
            case "healthz": await health
            case "metrics" where parts.count == 1: await metrics
            case "events" where parts.count == 1: watch(request)
            case "live" where parts.count == 2: try await live(parts[1])
            case "api": try await api(request, Array(parts.dropFirst()))
            default: try await page(request, parts)
            }
        } catch {
            return await failure(error, isData: parts.first == "api")
        }
    }

    // MARK: - Pages

    private func page(_ request: WebRequest, _ parts: [String]) async throws -> WebReply {
        let state = await feed.state
        if let live = LivePage.allCases.first(where: { $0.path == "/" + parts.joined(separator: "/") }) {
            let frame = Frame(
                title: live.title, run: state.name, path: live.path, live: live, reload: state.isFinished ? nil : 5)
            return html(frame) { live.write(state, now: clock(), to: &$0) }
        }
        switch (parts.first, parts.count) {
        case ("trajectories", 1):
            let search = try SearchQuery.search(request)
            let found = try await browser.page(search)
            let choices = state.snapshot.map { TrajectoriesPage.Choices($0, search.split) } ?? .init()
            return html(Frame(title: "Trajectories", run: state.name, path: "/trajectories")) {
                TrajectoriesPage(search, found, choices).write(to: &$0)
            }
        case ("trajectories", 4):
            let (samples, run) = try await samples(Array(parts.dropFirst()))
            guard let first = samples.first else { throw NotFound() }
            return html(Frame(title: "Prompt \(first.id.prompt)", run: state.name, path: "/trajectories")) {
                PromptPage(samples, of: run).write(to: &$0)
            }
        case ("events", 3) where parts[1] == "before":
            guard let before = Int64(parts[2]) else { throw NotFound() }
            let events = try await browser.events(before: before, limit: 100)
            return html(Frame(title: "Events", run: state.name, path: "/failures")) { page in
                page.element("h1", text: "Events")
                EventTable(events).write(to: &page)
                guard let last = events.last, last.id > 1 else { return }
                page.element("p") { $0.element("a", ["href": "/events/before/\(last.id)"], text: "Earlier events") }
            }
        default: throw NotFound()
        }
    }

    private func live(_ name: String) async throws -> WebReply {
        guard let page = LivePage(rawValue: name) else { throw NotFound() }
        return WebReply(type: "text/html; charset=utf-8", page.content(await feed.state, now: clock()))
    }

    private func samples(_ parts: [String]) async throws -> (samples: [TrajectoryView], run: Digest) {
        guard parts.count == 3, let split = SearchQuery.split(parts[0]), let iteration = UInt32(parts[1]),
            let prompt = UInt32(parts[2])
        else { throw NotFound() }
        return try await browser.samples(of: prompt, split, iteration: iteration)
    }

    private func html(_ frame: Frame, _ content: (inout HTMLWriter) -> Void) -> WebReply {
        WebReply(type: "text/html; charset=utf-8", frame.html(content))
    }

    private func watch(_ request: WebRequest) -> WebReply {
        feed.hub.reply(to: request)
    }

    private var metrics: WebReply {
        get async {
            switch await feed.state {
            case .run(let snapshot): WebReply(type: MetricText.type, snapshot.metrics(now: clock()))
            case .none(let sentence): .sentence(503, sentence)
            }
        }
    }

    private var health: WebReply {
        get async {
            switch await feed.state {
            case .run: .sentence(200, "ok")
            case .none(let sentence): .sentence(503, sentence)
            }
        }
    }

    // MARK: - Data

    private func api(_ request: WebRequest, _ parts: [String]) async throws -> WebReply {
        switch (parts.first, parts.count) {
        case (nil, 0): return json(Self.index)
        case ("run", 1):
            switch await feed.state {
            case .run(let snapshot): return json(snapshot.json)
            case .none(let sentence): return json(["error": .string(sentence)], status: 503)
            }
        case ("trajectories", 1): return json(try await browser.page(SearchQuery.search(request)).json)
        case ("trajectories", 4):
            let (samples, run) = try await samples(Array(parts.dropFirst()))
            guard !samples.isEmpty else { throw NotFound() }
            return json(.array(samples.map { $0.json(of: run) }))
        case ("events", 1):
            let limit = request["limit"].flatMap { Int($0) } ?? 100
            let events = try await browser.events(
                before: request["before"].flatMap { Int64($0) }, limit: max(1, min(1000, limit)))
            return json(.array(events.map(\.json)))
        default: throw NotFound()
        }
    }

    /// What there is as JSON.
    private static let index: JSON = [
        "/api/run": "where the run stands: progress, nodes, policies, leases, histograms, failures by kind",
        "/api/trajectories": "a page of trajectories, with the items that /trajectories takes",
        "/api/trajectories/SPLIT/ITERATION/PROMPT": "every sample of a prompt, whole",
        "/api/events?before=ID&limit=N": "what happened, the latest first",
    ]

    private func json(_ value: JSON, status: Int = 200) -> WebReply {
        WebReply(status: status, type: "application/json", value.serialized() + "\n")
    }

    // MARK: - Failures

    private struct NotFound: Error, CustomStringConvertible {
        let description = "There is nothing here."
    }

    private func failure(_ error: any Error, isData: Bool) async -> WebReply {
        let status =
            switch error {
            case is NotFound: 404
            case is QueryError: 400
            default: 503
            }
        guard !isData else { return json(["error": .string("\(error)")], status: status) }
        var reply = html(Frame(title: "Not shown", run: await feed.state.name, path: "")) { page in
            page.element("h1", text: status == 404 ? "Not found" : "Not shown")
            page.element("p", ["class": "note"], text: "\(error)")
        }
        reply.status = status
        return reply
    }
}

extension LiveFeed.State {
    fileprivate var snapshot: Snapshot? { if case .run(let snapshot) = self { snapshot } else { nil } }
    fileprivate var name: String { snapshot?.summary.name ?? "" }
    fileprivate var isFinished: Bool { snapshot?.summary.bestPolicy != nil }
}
