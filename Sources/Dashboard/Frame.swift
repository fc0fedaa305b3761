import Reports

/// What every page has around its content.
struct Frame {
    /// Of the page.
    var title: String
    /// The run's name; empty while it is not known.
    var run: String
    /// The path that stands in the navigation.
    var path: String
    /// What renews itself, where the page does.
    var live: LivePage?
    /// Seconds between two loads where there are no scripts; nil for none.
    var reload: Int?

    /// The whole document.
    func html(_ content: (inout HTMLWriter) -> Void) -> String {
        var page = HTMLWriter()
        page.open("!DOCTYPE html")
        page.element("html", ["lang": "en"]) { page in
            page.element("head") { page in head(&page) }
            page.line()
            page.element("body") { page in
                page.element("a", ["class": "skip", "href": "#content"], text: "Skip to content")
                header(&page)
                page.line()
                let name = live?.rawValue ?? ""
                page.element("main", ["id": "content", "tabindex": "-1", "data-live": name], content)
            }
        }
        page.line()
        return page.text
    }

    private func head(_ page: inout HTMLWriter) {
        page.open("meta", ["charset": "utf-8"])
        page.open("meta", ["name": "viewport", "content": "width=device-width, initial-scale=1"])
        page.open("meta", ["name": "color-scheme", "content": "light dark"])
        page.element("title", text: run.isEmpty ? title : "\(title) · \(run)")
        page.open("link", ["rel": "icon", "href": "/icon.svg", "type": "image/svg+xml"])
        page.open("link", ["rel": "stylesheet", "href": "/style.css"])
        page.element("script", ["src": "/script.js", "defer": ""]) { _ in }
        if let reload {
            page.element("noscript") { $0.open("meta", ["http-equiv": "refresh", "content": "\(reload)"]) }
        }
    }

    private func header(_ page: inout HTMLWriter) {
        page.element("header", ["class": "bar"]) { page in
            page.element("nav", ["aria-label": "Pages"]) { page in
                for live in LivePage.allCases { link(live.path, live.title, &page) }
                link("/trajectories", "Trajectories", &page)
            }
            // Empty without scripts.
            page.element("p", ["id": "connection", "role": "status"]) { _ in }
        }
    }

    private func link(_ target: String, _ name: String, _ page: inout HTMLWriter) {
        page.element("a", target == path ? ["href": target, "aria-current": "page"] : ["href": target], text: name)
    }
}
