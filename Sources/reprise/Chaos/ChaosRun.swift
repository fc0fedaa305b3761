import Chaos
import Configuration
import Nodes
import RunStore

/// A plan at work on a local cluster.
struct ChaosRun {
    let session: ChaosSession
    private let plan: FaultPlan

    init(_ plan: FaultPlan) {
        self.plan = plan
        session = ChaosSession(plan)
    }

    /// Puts the proxy between the cluster's nodes and its coordinator, as soon as there is one.
    func attach(to cluster: LocalCluster) {
        cluster.endpointForNodes = { [session] endpoint in try session.begin(upstream: endpoint) }
    }

    /// Strikes what is due. What the plan ends is nobody's fault.
    func tick(_ cluster: LocalCluster) {
        let victims = cluster.processes.compactMap { process in
            FaultTarget(process: process.name).map {
                Victim(name: process.name, target: $0, process: process.identifier)
            }
        }
        session.tick(victims) { action in
            switch action {
            case .kill(let victim), .fill(let victim): cluster.excuse(victim.name)
            case .free(let victim): cluster.withdrawExcuse(for: victim.name)
            case .halt, .go, .strike, .began, .missed: break
            }
        }
    }

    /// Once the last policy is there only its evaluation is left: the run ends in quiet.
    func look(at summary: RunSummary) {
        if summary.hasLastPolicy { session.heal() }
    }

    /// One line for the live view.
    var line: String { "  chaos      " + standing }

    /// The same for pipes and logs.
    var plain: String { "chaos: " + standing }

    private var standing: String {
        let time =
            session.isStorming
            ? "\(Format.duration(session.elapsed)) of \(Format.duration(session.schedule.end))" : "quiet"
        return "\(plan.name)  \(time)  \(Self.counts(session.ledger.tally))"
    }

    /// `kill 3  loss 12`.
    static func counts(_ tally: FaultLedger.Tally) -> String {
        tally.kinds.map { "\($0.rawValue) \(tally.count($0))" }.joined(separator: "  ")
    }
}

extension RunSummary {
    /// Whether nothing is left but its evaluation.
    var hasLastPolicy: Bool { policies.last?.version == iterations }
}

extension FaultTarget {
    /// From the name of a supervised process: `sampler-2`.
    fileprivate init?(process name: String) { self.init(rawValue: String(name.prefix { $0 != "-" })) }
}
