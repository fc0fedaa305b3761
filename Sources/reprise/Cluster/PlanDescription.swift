import Configuration
import Nodes
import Personalization
import RolloutCore

/// What a run will do, in words and numbers, before it does it.
struct PlanDescription {
    private let prepared: PreparedRun
    private let configuration: RunConfiguration

    init(_ prepared: PreparedRun, _ configuration: RunConfiguration) {
        self.prepared = prepared
        self.configuration = configuration
    }

    private var plan: RunPlan { prepared.plan }

    var lines: [String] {
        splits + [first] + (plan.iterations > 0 ? [sampling, selection, training] : []) + evaluation + engines
            + [determinism]
    }

    private var splits: [String] {
        Split.allCases.filter { plan.promptCount($0) > 0 }.map { split in
            let lengths = (prepared.prompts[split] ?? []).map(\.tokens.count)
            return """
                \(split): \(plan.promptCount(split).counted("prompt")) of \(lengths.min() ?? 0) to \(lengths.max() ?? 0) \
                tokens, \(plan.taskCount(split).counted("task"))
                """
        }
    }

    private var first: String {
        guard plan.fineTunesFirst else { return "policy 0: the base model itself" }
        let target = prepared.template.reasons ? ", each after its reasoning path" : ""
        return "policy 0: fine-tuned on \(plan.promptCount(.train).counted("reference"))\(target)"
    }

    private var sampling: String {
        let every = plan.iterationsPerSampling
        let trajectories = plan.promptCount(.train) * Int(plan.samplesPerPrompt)
        return """
            \(plan.iterations.counted("iteration")), an E-step \(every == 1 ? "in each" : "in the first of every \(every)"): \
            \(plan.samplesPerPrompt.counted("sample")) of each prompt, \(trajectories.counted("trajectory", plural: "trajectories"))
            """
    }

    private var selection: String {
        let rules = (1...plan.iterations).map { plan.selection.rule(for: $0).threshold }
        let words = rules.allSatisfy { $0 == rules[0] } ? [rules[0]] : rules
        return "keeps " + words.map(\.words).joined(separator: ", then ")
            + (rules[0] == .everything
                ? "" : " by \(plan.selection.scope), at most \(plan.selection.cap) of each prompt")
    }

    private var training: String {
        let weight =
            switch configuration.selection.weighting {
            case .reward: "the reward"
            case .filter: "1"
            case .exponential: "exp((R - best R) / \(configuration.selection.beta))"
            }
        let references = configuration.referenceWeight
        return "M-steps start from \(plan.startsFromPrevious ? "the previous policy" : "the base"), weight \(weight)"
            + (references > 0 ? ", and the references with weight \(references)" : "")
    }

    private var evaluation: [String] {
        let splits = plan.evaluatedSplits.map { "\($0)" }.joined(separator: " and ")
        guard !splits.isEmpty else { return [] }
        let decodings = configuration.evaluation.decodings.map(\.description).joined(separator: "; ")
        let patience =
            plan.patience.map { ["ends after \($0.counted("iteration")) without a better validation reward"] } ?? []
        return ["every policy is evaluated on \(splits): \(decodings)"] + patience
    }
}

extension PlanDescription {
    private var engines: [String] {
        let (sampler, learner) = (configuration.engines.sampler, configuration.engines.learner)
        return [
            sampler.name.map {
                "samplers draw through \($0) at \(sampler.endpoint.url), \(sampler.determinism.rawValue)"
            },
            learner.name.map { "the learner trains by \($0), \(learner.determinism.rawValue)" },
        ].compactMap { $0 }
    }

    private var determinism: String {
        "\(plan.determinism): "
            + (plan.recordedOnly.isEmpty
                ? "another run of it learns the same bits"
                : "these results are recorded and kept; another run of it may learn others")
    }
}

extension SelectionRule.Threshold {
    fileprivate var words: String {
        switch self {
        case .absolute(let value): "rewards from \(value)"
        case .quantile(let value): "rewards from the quantile \(value)"
        case .marginOverFirst(let value): "rewards from policy 0's mean + \(value)"
        case .everything: "the best of each prompt"
        }
    }
}
