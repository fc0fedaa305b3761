import RolloutCore
import Simulator

/// How long a job would take on a cluster, what it would load, and what each class of fault would cost.
struct PlanningView {
    private let plan: ClusterPlan
    private let failures: String

    init(_ plan: ClusterPlan, failures: String) {
        self.plan = plan
        self.failures = failures
    }

    /// - Throws: `Failure` when the job does not end even without faults.
    func run() throws {
        var screen = LiveScreen()
        let total = ClusterPlan.classes.count + 2
        let began = ContinuousClock.now
        func show(_ done: Int, _ what: String) {
            let line =
                "\(Format.bar(Double(done) / Double(total)))  run \(done + 1) of \(total): \(what)"
                + (done == 0
                    ? ""
                    : "  \(Format.duration(began.duration(to: .now) * (Double(total - done) / Double(done)))) left")
            screen.show([line], plain: line)
        }
        show(0, "no faults")
        let calm = plan.run(with: [])
        guard let makespan = calm.makespan else {
            screen.clear()
            throw Failure(.broken, "the job does not end within 100 days; plan a smaller one")
        }
        var costs = Table(["faults", "makespan", "longer", "tasks done again", "node hours lost"])
        add("none", calm, makespan, to: &costs)
        for (index, faultClass) in ClusterPlan.classes.enumerated() {
            show(index + 1, faultClass.rawValue)
            add(faultClass.rawValue, plan.run(with: [faultClass], expected: makespan), makespan, to: &costs)
        }
        show(total - 1, "all together")
        let all = plan.run(with: Set(ClusterPlan.classes), expected: makespan)
        add("all together", all, makespan, to: &costs)
        screen.clear()
        for line in summary(calm, all) + [""] + costs.lines + [""] + legend { print(line) }
    }

    private func add(_ name: String, _ outcome: ClusterPlan.Outcome, _ calm: Duration, to table: inout Table) {
        guard let makespan = outcome.makespan else { return table.add([name, "does not end", "", "", ""]) }
        table.add([
            name, Format.duration(makespan), Format.number((makespan / calm - 1) * 100) + " %", "\(outcome.repeated)",
            Format.number(outcome.lostHours, digits: 2),
        ])
    }

    private func summary(_ calm: ClusterPlan.Outcome, _ all: ClusterPlan.Outcome) -> [String] {
        var table = Table(["", "no faults", "all faults"])
        func row(_ name: String, _ value: (ClusterPlan.Outcome) -> String) {
            table.add([name, value(calm), value(all)])
        }
        row("makespan") { $0.makespan.map(Format.duration) ?? "does not end" }
        row("samplers busy") { Format.number($0.samplerUse * 100) + " %" }
        row("learners busy") { Format.number($0.learnerUse * 100) + " %" }
        row("messages a second") { Format.number($0.messageRate) }
        row("coordinator, of one core") { Format.number($0.processorShare * 100) + " %" }
        row("bytes on its link") { Format.bytes($0.byteCount) }
        return [
            "\(plan.samplers.counted("sampler")), \(plan.scorers.counted("scorer")), \(plan.learners.counted("learner")); "
                + "\(plan.iterations.counted("iteration")) of \(plan.prompts.counted("prompt")) × "
                + "\(plan.samplesPerPrompt.counted("sample"))", "",
        ] + table.lines
    }

    private var legend: [String] {
        [
            "nodeCrash, nodePause (10–60 s) and partition (30 s) strike each node once in \(failures), coordinatorCrash the",
            "coordinator; straggler: 5 % of nodes, 20 times slower; systemFailure: 1 % of tasks; loss: 1 % of messages;",
            "delay: 100 ms. The coordinator's share is measured here: decoding, deciding and encoding, without sockets and disk.",
        ]
    }
}
