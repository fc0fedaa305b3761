import Reports
import RolloutCore
import RunStore

/// The policies: their deltas, and how they were trained.
struct WeightsPage {
    private let snapshot: Snapshot

    init(_ snapshot: Snapshot) { self.snapshot = snapshot }

    func write(to page: inout HTMLWriter) {
        page.element("h1", text: "Weights")
        page.section(
            "versions", "Versions",
            note: """
                Weights travel as a compressed delta to the base. Density is the share of weights that differ from the base.
                """
        ) { page in
            guard !snapshot.summary.policies.isEmpty else { return page.element("p", text: "No policy yet.") }
            versions.write(to: &page)
        }
        let chart = LossChart(snapshot.live.losses)
        guard !chart.isEmpty else { return }
        page.section("losses", "Loss by step", note: "Mean loss of a batch, in nats a token.") { page in
            page.element("figure") { chart.write(to: &$0) }
        }
    }

    private var versions: DataTable {
        var table = DataTable(
            "",
            [
                "policy", "density", "delta", "of full", "full", "examples", "steps", "first loss", "last loss", "time",
                "weights",
            ])
        for policy in snapshot.summary.policies {
            let name = Words.policy(policy.version, isTrained: policy.steps != nil)
            table.add([
                .text(policy.version == snapshot.summary.bestPolicy ? "\(name), best" : name),
                policy.density.map { .share($0) } ?? .none, .bytes(policy.deltaBytes),
                policy.fullBytes.map { $0 > 0 ? .share(Double(policy.deltaBytes) / Double($0)) : .none } ?? .none,
                policy.fullBytes.map { .bytes($0) } ?? .none, policy.examples.map { .count(Int($0)) } ?? .none,
                policy.steps.map { .count(Int($0)) } ?? .none, .number(policy.firstLoss, 3),
                .number(policy.lastLoss, 3), policy.seconds.map { .seconds($0) } ?? .none,
                .text(String(policy.weights.prefix(12))),
            ])
        }
        return table
    }
}
