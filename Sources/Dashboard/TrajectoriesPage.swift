import Reports
import RolloutCore
import RunStore

/// Trajectories to browse and to search.
struct TrajectoriesPage {
    /// What the form offers.
    struct Choices: Sendable {
        var iterations: [UInt32] = []
        var groups: [String] = []
        var nodes: [String] = []

        init() {}

        init(_ snapshot: Snapshot, _ split: Split) {
            iterations = snapshot.summary.progress.filter { $0.group.kind == .sample && $0.group.split == split }
                .map(\.group.iteration)
            groups = Set(snapshot.counts.rewards.map(\.group)).sorted()
            nodes = Set(snapshot.counts.work.filter { $0.kind == .sample }.map(\.node)).sorted()
        }
    }

    private let search: TrajectorySearch
    private let found: TrajectoryPage
    private let choices: Choices

    init(_ search: TrajectorySearch, _ found: TrajectoryPage, _ choices: Choices) {
        self.search = search
        self.found = found
        self.choices = choices
    }

    func write(to page: inout HTMLWriter) {
        page.element("h1", text: "Trajectories")
        form(&page)
        page.element("section", ["id": "found", "aria-label": "What was found"]) { page in
            if found.rows.isEmpty { page.element("p", text: "No trajectory matches.") }
            page.element("ol", ["class": "found"]) { page in
                for row in found.rows { write(row, &page) }
            }
        }
        pages(&page)
    }

    private func write(_ row: TrajectoryPage.Row, _ page: inout HTMLWriter) {
        page.line()
        page.element("li") { page in
            page.element("h2") { page in
                page.element(
                    "a", ["href": PromptPage.link(search.split, found.iteration ?? 0, row.id)],
                    text: "Prompt \(row.id.prompt), sample \(row.id.sample)")
            }
            page.element("p", ["class": "facts-line"]) { page in
                page.element("span", ["class": "reward"], text: "reward \(Cell.reward(row.reward).shown)")
                page.element("span", text: row.outcome)
                page.element("span", text: row.group)
                page.element("span", text: row.user)
                page.element("span", text: "\(row.node), attempt \(row.attempt)")
                page.element("span", text: "\(row.tokenCount) tokens")
            }
            page.element("p", ["class": "excerpt", "dir": "auto"], text: row.excerpt + (row.isCut ? "…" : ""))
        }
    }

    // MARK: - Form

    private func form(_ page: inout HTMLWriter) {
        page.element("form", ["action": "/trajectories", "method": "get", "role": "search"]) { page in
            field("text", "Text", search.text ?? "", &page)
            choice("split", "Split", Split.allCases.map { "\($0)" }, "\(search.split)", any: nil, &page)
            choice(
                "iteration", "Iteration", choices.iterations.map { "\($0)" }, search.iteration.map { "\($0)" },
                any: "the last", &page)
            choice("task", "Task", choices.groups, search.group, any: "all", &page)
            choice("outcome", "Outcome", TrajectoryFilter.outcomes, search.outcome, any: "all", &page)
            choice("node", "Node", choices.nodes, search.node, any: "all", &page)
            field("user", "User", search.user ?? "", &page)
            field("prompt", "Prompt", search.prompt.map { "\($0)" } ?? "", &page)
            choice(
                "order", "Order", TrajectoryFilter.Order.allCases.map(\.rawValue), search.order.rawValue, any: nil,
                &page)
            page.element("button", ["type": "submit"], text: "Search")
        }
    }

    private func field(_ name: String, _ label: String, _ value: String, _ page: inout HTMLWriter) {
        page.element("div") { page in
            page.element("label", ["for": name], text: label)
            let type = name == "text" ? "search" : "text"
            page.open("input", ["type": type, "id": name, "name": name, "value": value, "autocomplete": "off"])
        }
    }

    private func choice(
        _ name: String, _ label: String, _ values: [String], _ chosen: String?, any: String?, _ page: inout HTMLWriter
    ) {
        // What was asked for stays visible, though nothing offers it.
        let unknown = chosen.map { values.contains($0) ? [] : [$0] } ?? []
        page.element("div") { page in
            page.element("label", ["for": name], text: label)
            page.element("select", ["id": name, "name": name]) { page in
                if let any { page.element("option", ["value": ""], text: any) }
                for value in values + unknown {
                    if value == chosen {
                        page.element("option", ["value": value, "selected": ""], text: value)
                    } else {
                        page.element("option", ["value": value], text: value)
                    }
                }
            }
        }
    }

    private func pages(_ page: inout HTMLWriter) {
        page.element("nav", ["class": "pages", "aria-label": "Pages of the search"]) { page in
            var search = search
            for (cursor, name) in [(found.previous, "Previous"), (found.next, "Next")] {
                guard let cursor else { continue }
                search.cursor = cursor
                page.element("a", ["href": SearchQuery.link(search)], text: name)
            }
            guard self.search.cursor != nil else { return }
            search.cursor = nil
            page.element("a", ["href": SearchQuery.link(search)], text: "First")
        }
    }
}
