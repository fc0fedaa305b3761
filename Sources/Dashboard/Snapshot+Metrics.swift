import Exposition
import RolloutCore
import RunStore

extension Snapshot {
    /// The run for Prometheus: totals over the whole run where the directory has them, and of the coordinator's term for
    /// refusals and bytes.
    func metrics(now: Double) -> String {
        var text = MetricText()
        let sinceRead = max(0, now - readAt)
        addTasks(to: &text)
        for ending in counts.endings where ending.ending != "under way" {
            text.add(RunMetrics.attempts, ["kind": "\(ending.kind)", "outcome": ending.ending], Double(ending.count))
        }
        for counter in summary.counters { add(counter, to: &text) }
        addTrajectories(to: &text)
        for role in Role.allCases {
            let members = summary.nodes.filter { $0.role == "\(role)" }
            text.add(RunMetrics.nodes, ["role": "\(role)"], Double(members.count))
            text.add(RunMetrics.slots, ["role": "\(role)"], Double(members.reduce(0) { $0 + $1.slots }))
        }
        for node in summary.nodes {
            text.add(RunMetrics.silence, ["node": node.name, "role": node.role], node.silence + sinceRead)
            if let speed = node.tokensPerSecond { text.add(RunMetrics.speed, ["node": node.name], speed) }
        }
        addTraining(to: &text)
        text.add(RunMetrics.term, Double(summary.term))
        if let age = summary.age { text.add(RunMetrics.coordinatorSilence, age + sinceRead) }
        text.add(RunMetrics.halted, summary.halted == nil ? 0 : 1)
        text.add(RunMetrics.finished, summary.bestPolicy == nil ? 0 : 1)
        return text.text
    }

    private func addTasks(to text: inout MetricText) {
        for kind in TaskKind.allCases {
            let groups = summary.progress.filter { $0.group.kind == kind }
            guard !groups.isEmpty else { continue }
            let null = groups.reduce(0) { $0 + $1.null }
            let ended = groups.reduce(0) { $0 + $1.done }
            text.add(RunMetrics.tasks, ["kind": "\(kind)", "outcome": "done"], Double(ended - null))
            text.add(RunMetrics.tasks, ["kind": "\(kind)", "outcome": "null"], Double(null))
            text.add(RunMetrics.planned, ["kind": "\(kind)"], Double(groups.reduce(0) { $0 + $1.total }))
            let open = live.tallies.filter { $0.group.kind == kind }
            for (state, count) in [
                ("pending", open.reduce(0) { $0 + $1.pending }), ("leased", open.reduce(0) { $0 + $1.leased }),
                ("quarantined", open.reduce(0) { $0 + $1.quarantined }),
            ] { text.add(RunMetrics.open, ["kind": "\(kind)", "state": state], Double(count)) }
        }
    }

    private func add(_ counter: RunSummary.Counter, to text: inout MetricText) {
        let value = Double(counter.value)
        switch counter.name {
        case "bytes.sent": text.add(RunMetrics.bytes, ["direction": "sent"], value)
        case "bytes.received": text.add(RunMetrics.bytes, ["direction": "received"], value)
        case "bytes.weightsSent": text.add(RunMetrics.bytes, ["direction": "weights"], value)
        case "infrastructure.rejected": text.add(RunMetrics.refusals, ["what": "node", "reason": "hello"], value)
        case let name where name.hasPrefix("refused."):
            text.add(RunMetrics.refusals, ["what": "connection", "reason": String(name.dropFirst(8))], value)
        default: break
        }
    }

    private func addTrajectories(to text: inout MetricText) {
        for split in Split.allCases {
            let rewards = summary.rewards.filter { $0.split == split }
            guard !rewards.isEmpty else { continue }
            for (outcome, count) in [
                ("sampled", rewards.reduce(0) { $0 + $1.trajectories }),
                ("malformed", rewards.reduce(0) { $0 + $1.malformed }),
            ] { text.add(RunMetrics.trajectories, ["split": "\(split)", "outcome": outcome], Double(count)) }
            for one in rewards {
                guard let mean = one.mean else { continue }
                text.add(RunMetrics.meanReward, ["split": "\(split)", "iteration": "\(one.iteration)"], mean)
            }
        }
        let tokens = counts.work.reduce(0) { $0 + $1.tokens }
        text.add(RunMetrics.tokens, Double(tokens))
    }

    private func addTraining(to text: inout MetricText) {
        if let training = summary.training {
            let iteration = "\(training.iteration)"
            text.add(RunMetrics.trainingStep, ["iteration": iteration], Double(training.step))
            text.add(RunMetrics.trainingSteps, ["iteration": iteration], Double(training.steps))
            text.add(RunMetrics.trainingLoss, ["iteration": iteration], training.loss)
            text.add(RunMetrics.trainingSpeed, ["iteration": iteration], training.tokensPerSecond)
        }
        for policy in summary.policies {
            text.add(RunMetrics.deltaBytes, ["version": "\(policy.version)"], Double(policy.deltaBytes))
            guard let density = policy.density else { continue }
            text.add(RunMetrics.density, ["version": "\(policy.version)"], density)
        }
        if let newest = summary.policies.last { text.add(RunMetrics.policy, Double(newest.version)) }
    }
}
