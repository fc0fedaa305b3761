import Reports
import Serving

/// The pages of a run that is kept elsewhere: asked for there, and passed on. What never changes is here.
struct RemoteSite: Sendable {
    /// Watchers of the pages.
    let hub = EventHub()
    let ask: Dashboard.Ask

    /// The answer to a request.
    func reply(to request: WebRequest) async -> WebReply {
        switch request.path {
        case "/style.css": return WebReply(type: "text/css; charset=utf-8", DashboardStyle.text)
        case "/script.js": return WebReply(type: "text/javascript; charset=utf-8", Script.text)
        case "/icon.svg": return WebReply(type: "image/svg+xml", Script.icon)
        case "/events": return hub.reply(to: request)
        default: break
        }
        do {
            return try await ask(request)
        } catch {
            return failure(error, of: request)
        }
    }

    /// Asks for what is watched until the task is cancelled, about once a second.
    ///
    /// - Parameter beat: called after each look.
    func run(_ beat: @Sendable () -> Void) async {
        var looks = 0
        while !Task.isCancelled {
            let watched = hub.watched
            for page in LivePage.allCases where watched.contains(page.rawValue) { await renew(page) }
            looks += 1
            if looks.isMultiple(of: 10) { hub.beat() }
            beat()
            try? await Task.sleep(for: .seconds(1))
        }
        hub.close()
    }

    private func renew(_ page: LivePage) async {
        do {
            guard case .text(let text) = try await ask(WebRequest("/live/\(page.rawValue)")).body else { return }
            hub.publish(text, on: page.rawValue)
        } catch {
            hub.publish(page.content(.none("\(error)"), now: 0), on: page.rawValue)
        }
    }

    private func failure(_ error: any Error, of request: WebRequest) -> WebReply {
        let page = LivePage.allCases.first { $0.path == request.path }
        let isPage = page != nil || request.path.hasPrefix("/trajectories") || request.path.hasPrefix("/events/")
        guard isPage else { return .sentence(503, "\(error)") }
        // A page that renews itself goes on by itself when there is an answer again.
        let frame = Frame(title: page?.title ?? "Not shown", run: "", path: request.path, live: page, reload: 5)
        var reply = WebReply(
            type: "text/html; charset=utf-8",
            frame.html { html in
                if let page { return page.write(.none("\(error)"), now: 0, to: &html) }
                html.element("h1", text: "Not shown")
                html.element("p", ["class": "note"], text: "\(error)")
            })
        reply.status = 503
        return reply
    }
}
