import Reports

/// The pages that renew themselves.
enum LivePage: String, CaseIterable, Sendable {
    case overview
    case cluster
    case failures
    case weights

    /// Where it is.
    var path: String { self == .overview ? "/" : "/\(rawValue)" }

    /// What it is called.
    var title: String {
        switch self {
        case .overview: "Overview"
        case .cluster: "Cluster"
        case .failures: "Failures"
        case .weights: "Weights"
        }
    }

    /// What stands in the page.
    func write(_ state: LiveFeed.State, now: Double, to page: inout HTMLWriter) {
        switch state {
        case .none(let sentence):
            page.element("section", ["id": "state"]) { page in
                page.element("h1", text: title)
                page.element("p", ["class": "note"], text: sentence)
            }
        case .run(let snapshot):
            switch self {
            case .overview: OverviewPage(snapshot, now: now).write(to: &page)
            case .cluster: ClusterPage(snapshot, now: now).write(to: &page)
            case .failures: FailuresPage(snapshot, now: now).write(to: &page)
            case .weights: WeightsPage(snapshot).write(to: &page)
            }
        }
    }

    /// The same as text, for events.
    func content(_ state: LiveFeed.State, now: Double) -> String {
        var page = HTMLWriter()
        write(state, now: now, to: &page)
        return page.text
    }
}
