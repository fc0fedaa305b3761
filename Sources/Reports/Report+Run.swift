import Configuration
import Evaluation
import RunStore

extension Report {
    /// What one run came to, or has so far.
    public init(_ run: RunFindings) {
        self.init(
            title: run.summary.name, facts: run.facts,
            sections: [
                run.scores, run.course, run.trainings, run.selection, run.starvation, run.overlap, run.rewardHistograms,
                run.variety, run.several, run.examples, run.settings,
            ])
    }
}

extension RunFindings {
    fileprivate var facts: [Report.Fact] {
        var facts = [
            Report.Fact(name: "mode", value: .text(summary.mode)),
            Report.Fact(name: "reward", value: .text(summary.reward)),
            Report.Fact(name: "seed", value: .text("\(configuration.run.seed)")),
            Report.Fact(name: "iterations", value: .count(Int(summary.iterations))),
        ]
        if let best = summary.bestPolicy {
            facts.append(Report.Fact(name: "best policy", value: .text(summary.policyName(best))))
            facts.append(Report.Fact(name: "time", value: .seconds(summary.elapsed)))
        } else {
            facts.append(Report.Fact(name: "state", value: .text(summary.phase ?? "starting")))
        }
        facts.append(Report.Fact(name: "determinism", value: .text(summary.determinism)))
        facts += engines
        facts.append(Report.Fact(name: "digest", value: digest.map { .text("\($0)") } ?? .none))
        return facts
    }

    /// The programs outside that did the work of a role, each with its class.
    private var engines: [Report.Fact] {
        let (sampler, learner) = (configuration.engines.sampler, configuration.engines.learner)
        return [
            sampler.name.map { ("sampling", "\($0), \(sampler.determinism.rawValue)") },
            learner.name.map { ("training", "\($0), \(learner.determinism.rawValue)") },
        ].compactMap { $0 }.map { Report.Fact(name: $0, value: .text($1)) }
    }

    fileprivate var examples: Report.Section {
        Report.Section(
            id: "examples", title: "Examples",
            note: """
                Of each task the row that training helped most, the median one and the one it hurt most, by the difference \
                in reward between the first policy and the best (*). Reasoning stands above the answer; the \
                reference's is the profile reader's.
                """,
            blocks: excerpts.map { .excerpt($0) })
    }

    fileprivate var settings: Report.Section {
        Report.Section(
            id: "configuration", title: "Configuration",
            note: "Resolved: every setting that had a meaning in this run. It can be run again from this text.",
            blocks: [.listing(info.configuration)])
    }
}
