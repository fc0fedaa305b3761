import RolloutCore
import Simulator

/// How long a job would take on a cluster, what it would load, and what each class of fault would cost.
struct PlanningView {
    private let plan: ClusterPlan
    private let failures: String
    private let jobs: Int

    init(_ plan: ClusterPlan, failures: String, jobs: Int) {
        self.plan = plan
        self.failures = failures
        self.jobs = jobs
    }

    /// - Throws: `Failure` when the job does not end even without faults.
    func run() async throws {
        let sets = ClusterPlan.classes.map { Set([$0]) } + [Set(ClusterPlan.classes)]
        var progress = Progress(total: sets.count + 1)
        progress.show()
        let calm = plan.run(with: [])
        guard let makespan = calm.makespan else {
            progress.clear()
            throw Failure(.broken, "the job does not end within 100 days; plan a smaller one")
        }
        progress.ended()
        let outcomes = await outcomes(of: sets, expected: makespan) { progress.ended() }
        progress.clear()
        var costs = Table(["faults", "makespan", "longer", "tasks done again", "node hours lost"])
        add("none", calm, makespan, to: &costs)
        for (faultClass, outcome) in zip(ClusterPlan.classes, outcomes) {
            add(faultClass.rawValue, outcome, makespan, to: &costs)
        }
        let all = outcomes.last ?? calm
        add("all together", all, makespan, to: &costs)
        for line in summary(calm, all) + [""] + costs.lines + [""] + legend { print(line) }
    }

    /// Runs of the plan with each of the sets of faults, in their order.
    private func outcomes(
        of sets: [Set<FaultClass>], expected: Duration, ended: () -> Void
    ) async -> [ClusterPlan.Outcome] {
        await withTaskGroup(of: (Int, ClusterPlan.Outcome).self) { group in
            var outcomes: [Int: ClusterPlan.Outcome] = [:]
            // The one with everything takes longest, and comes first.
            for index in sets.indices.reversed() {
                if sets.count - index > jobs, let (done, outcome) = await group.next() {
                    outcomes[done] = outcome
                    ended()
                }
                group.addTask { [plan] in (index, plan.run(with: sets[index], expected: expected)) }
            }
            for await (done, outcome) in group {
                outcomes[done] = outcome
                ended()
            }
            return sets.indices.compactMap { outcomes[$0] }
        }
    }

    /// How many of the runs have ended.
    private struct Progress {
        let total: Int
        private var screen = LiveScreen()
        private var done = 0
        private let began = ContinuousClock.now

        init(total: Int) { self.total = total }

        mutating func show() {
            let left = Format.duration(began.duration(to: .now) * (Double(total - done) / Double(max(1, done))))
            let line =
                "\(Format.bar(Double(done) / Double(total)))  \(done) of \(total) runs"
                + (done == 0 ? "" : "  \(left) left")
            screen.show([line], plain: line)
        }

        mutating func ended() {
            done += 1
            show()
        }

        mutating func clear() { screen.clear() }
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
