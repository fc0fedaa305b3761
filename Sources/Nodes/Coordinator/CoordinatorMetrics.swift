import CoreMetrics
import Exposition
import RolloutCore
import RunStore

/// Tells swift-metrics what a coordinator sees. Costs nothing where nobody asked for metrics.
struct CoordinatorMetrics {
    private let factory: any MetricsFactory
    private var sent = LiveStatus.Traffic()
    private var refused: [String: Int] = [:]
    private var rejected = 0
    /// Members that have gauges of their own.
    private var members: [String: [Gauge]] = [:]

    init(_ factory: any MetricsFactory = MetricsSystem.factory) { self.factory = factory }

    // MARK: - What happens

    func note(_ notice: Notice) {
        switch notice {
        case .leased(let attempt, _): count(attempt, "leased")
        case .speculated(let attempt, _): count(attempt, "straggler leased again")
        case .adopted(let attempt, _): count(attempt, "adopted")
        case .leaseExpired(let attempt, _): count(attempt, "expired")
        case .leaseNotReported(let attempt, _): count(attempt, "not reported")
        case .released(let attempt, _): count(attempt, "released")
        case .systemFailure(let attempt, _, _): count(attempt, "system failure")
        case .deterministicFailure(let attempt, _, _): count(attempt, "deterministic failure")
        case .accepted(let attempt, _, let late): count(attempt, late ? "accepted late" : "accepted")
        case .duplicateIgnored(let attempt, _): count(attempt, "duplicate ignored")
        case .trainProgress(let progress): note(progress)
        default: break
        }
    }

    func note(_ record: Record) {
        switch record {
        case .accepted(let result): note(result)
        case .nullResult(let task, _): count(RunMetrics.tasks, [("kind", "\(task.kind)"), ("outcome", "null")])
        case .policyCommitted(let policy):
            gauge(RunMetrics.policy).record(policy.version)
            gauge(RunMetrics.deltaBytes, [("version", "\(policy.version)")]).record(policy.delta?.byteCount ?? 0)
        case .finished: gauge(RunMetrics.finished).record(1)
        default: break
        }
    }

    private func note(_ result: AcceptedResult) {
        let task = result.attempt.task
        count(RunMetrics.tasks, [("kind", "\(task.kind)"), ("outcome", "done")])
        Timer(label: RunMetrics.taskSeconds.name, dimensions: [("kind", "\(task.kind)")], factory: factory)
            .recordNanoseconds(Int64(result.computeTime / .nanoseconds(1)))
        let split = ("split", "\(task.split)")
        switch result.output {
        case .sample(let trajectories):
            count(RunMetrics.trajectories, [split, ("outcome", "sampled")], by: trajectories.count)
            count(
                RunMetrics.trajectories, [split, ("outcome", "malformed")],
                by: trajectories.count { $0.answer == nil })
            count(RunMetrics.tokens, [], by: trajectories.reduce(0) { $0 + $1.tokens.count })
        case .score(let scores):
            let rewards = Recorder(label: RunMetrics.rewards.name, dimensions: [split], factory: factory)
            for reward in scores.compactMap(\.reward) { rewards.record(reward) }
            count(
                RunMetrics.trajectories, [split, ("outcome", "unscored")], by: scores.count { $0.reward == nil })
        case .train(let trained):
            gauge(RunMetrics.density, [("version", "\(trained.policy.version)")]).record(trained.density)
        default: break
        }
    }

    private func note(_ progress: TrainProgress) {
        let iteration = [("iteration", "\(progress.attempt.task.iteration)")]
        gauge(RunMetrics.trainingStep, iteration).record(progress.step)
        gauge(RunMetrics.trainingSteps, iteration).record(progress.steps)
        gauge(RunMetrics.trainingLoss, iteration).record(progress.loss)
        gauge(RunMetrics.trainingSpeed, iteration).record(progress.tokensPerSecond)
    }

    // MARK: - What stands

    /// Once a second.
    mutating func note(_ live: LiveStatus) {
        for (direction, new, old) in [
            ("sent", live.traffic.sent, sent.sent), ("received", live.traffic.received, sent.received),
            ("weights", live.traffic.weightsSent, sent.weightsSent),
        ] { count(RunMetrics.bytes, [("direction", direction)], by: Int(clamping: new - min(new, old))) }
        sent = live.traffic
        for (reason, total) in live.refused {
            let more = total - (refused[reason] ?? 0)
            count(RunMetrics.refusals, [("what", "connection"), ("reason", reason)], by: more)
        }
        refused = live.refused
        let hellos = live.counters.infrastructure.rejected
        count(RunMetrics.refusals, [("what", "node"), ("reason", "hello")], by: hellos - rejected)
        rejected = hellos
        noteNodes(live)
        for kind in TaskKind.allCases {
            let tallies = live.tallies.filter { $0.group.kind == kind }
            for (state, count) in [
                ("pending", tallies.reduce(0) { $0 + $1.pending }), ("leased", tallies.reduce(0) { $0 + $1.leased }),
                ("quarantined", tallies.reduce(0) { $0 + $1.quarantined }),
            ] { gauge(RunMetrics.open, [("kind", "\(kind)"), ("state", state)]).record(count) }
        }
        gauge(RunMetrics.term).record(live.term.rawValue)
        gauge(RunMetrics.halted).record(live.halted == nil ? 0 : 1)
    }

    private mutating func noteNodes(_ live: LiveStatus) {
        for role in Role.allCases {
            let ofRole = live.nodes.filter { $0.role == role }
            gauge(RunMetrics.nodes, [("role", "\(role)")]).record(ofRole.count)
            gauge(RunMetrics.slots, [("role", "\(role)")]).record(ofRole.reduce(0) { $0 + $1.slots })
        }
        var present: [String: [Gauge]] = [:]
        for node in live.nodes {
            let silence = gauge(RunMetrics.silence, [("node", node.name), ("role", "\(node.role)")])
            silence.record(node.silence / .seconds(1))
            present["\(node.role) \(node.name)"] = [silence]
            guard let speed = node.tokensPerSecond else { continue }
            let gauge = gauge(RunMetrics.speed, [("node", node.name)])
            gauge.record(speed)
            present["\(node.role) \(node.name)", default: []].append(gauge)
        }
        // Who has left has no silence.
        for (name, gauges) in members where present[name] == nil { for gauge in gauges { gauge.destroy() } }
        members = present
    }

    // MARK: -

    private func count(_ attempt: Attempt, _ outcome: String) {
        count(RunMetrics.attempts, [("kind", "\(attempt.task.kind)"), ("outcome", outcome)])
    }

    private func count(_ metric: MetricDefinition, _ labels: [(String, String)], by amount: Int = 1) {
        Counter(label: metric.name, dimensions: labels, factory: factory).increment(by: amount)
    }

    private func gauge(_ metric: MetricDefinition, _ labels: [(String, String)] = []) -> Gauge {
        Gauge(label: metric.name, dimensions: labels, factory: factory)
    }
}
