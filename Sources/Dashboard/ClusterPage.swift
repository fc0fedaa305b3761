import Reports
import RolloutCore
import RunStore

/// Nodes, leases and tasks.
struct ClusterPage {
    private let snapshot: Snapshot
    private let summary: RunSummary
    /// Seconds since the run was read.
    private let sinceRead: Double

    init(_ snapshot: Snapshot, now: Double) {
        self.snapshot = snapshot
        summary = snapshot.summary
        sinceRead = max(0, now - snapshot.readAt)
    }

    func write(to page: inout HTMLWriter) {
        page.element("h1", text: "Cluster")
        page.section("nodes", "Nodes now", note: "Speed is that of sampling; the learner's is under Overview.") {
            page in
            guard !summary.nodes.isEmpty else { return page.element("p", text: "No node is there.") }
            nodes.write(to: &page)
        }
        page.section("leases", "Leases", note: "Tasks that nodes hold, the longest first, 100 at most.") { page in
            guard !snapshot.live.leases.isEmpty else { return page.element("p", text: "No task is leased.") }
            leases.write(to: &page)
        }
        page.section("tasks", "Tasks") { tasks.write(to: &$0) }
        guard !snapshot.counts.work.isEmpty else { return }
        page.section("work", "Work by node", note: "Over the whole run, nodes that have left included.") {
            work.write(to: &$0)
        }
    }

    private var nodes: DataTable {
        var table = DataTable(
            "", ["node", "role", "held", "slots", "tasks done", "tokens/s", "last heartbeat"])
        for node in summary.nodes {
            table.add([
                .text(node.name), .text(node.role), .count(node.held), .count(node.slots), .count(node.tasksDone),
                .number(node.tokensPerSecond, 0), .text(Words.ago(node.silence + sinceRead)),
            ])
        }
        return table
    }

    private var leases: DataTable {
        var table = DataTable("", ["task", "attempt", "node", "held for"])
        for lease in snapshot.live.leases {
            let task = lease.attempt.task
            table.add([
                .text("\(task.group.name), task \(task.index)"), .count(Int(lease.attempt.attempt)), .text(lease.node),
                .seconds(lease.age + sinceRead),
            ])
        }
        return table
    }

    private var tasks: DataTable {
        var table = DataTable(
            "", ["tasks", "done", "of", "held", "waiting", "without result", "set aside", "tasks/s", "time"])
        let tallies = Dictionary(snapshot.live.tallies.map { ($0.group, $0) }, uniquingKeysWith: { first, _ in first })
        for one in summary.progress {
            let tally = tallies[one.group]
            table.add([
                .text(one.group.name), .count(one.done), .count(one.total), .count(one.leased),
                tally.map { .count($0.pending) } ?? .none, .count(one.null),
                tally.map { .count($0.quarantined) } ?? .none,
                one.group.kind == .train ? .none : .number(one.rate, digits: 1), .seconds(seconds(one)),
            ])
        }
        return table
    }

    /// From the first result to the last; of a training, what it took.
    private func seconds(_ progress: RunSummary.Progress) -> Double {
        guard progress.group.kind == .train else { return progress.seconds }
        return summary.policies.first { $0.version == progress.group.iteration }?.seconds ?? 0
    }

    private var work: DataTable {
        var table = DataTable("", ["node", "tasks", "results", "computing", "tokens", "tokens/s"])
        for one in snapshot.counts.work {
            table.add([
                .text(one.node), .text("\(one.kind)"), .count(one.tasks), .seconds(one.seconds),
                one.tokens > 0 ? .count(one.tokens) : .none,
                one.tokens > 0 && one.seconds > 0 ? .number(Double(one.tokens) / one.seconds, digits: 0) : .none,
            ])
        }
        return table
    }
}
