import Digests
import RolloutCore

// The runs that are simulated: small, and together with every kind of selection, of start and of evaluation.
enum ToyPlans {
    /// Plans of the usual course: an E-step for every M-step.
    static let usual = 8
    /// Plans beyond them, with what ablations change.
    static let ablations = 7

    static func plan(_ index: Int) -> RunPlan {
        index < usual ? usualPlan(index, named: "toy \(index)") : ablation(index)
    }

    private static func usualPlan(_ index: Int, named name: String) -> RunPlan {
        let rules = [
            SelectionRule(threshold: .quantile(0.5), scope: .group, cap: 2),
            SelectionRule(threshold: .marginOverFirst(-0.1), scope: .all, cap: 1),
            SelectionRule(threshold: .absolute(0.3), scope: .all, cap: 10),
            SelectionRule(threshold: .quantile(0.4), scope: .prompt, cap: 3),
        ]
        let many = index >= 4
        return plan(
            name: name, iterations: [2, 2, 3, 1][index % 4], fineTunesFirst: index.isMultiple(of: 2),
            startsFromPrevious: index % 4 == 1, rule: rules[index % 4], samples: many ? 2 : 3,
            prompts: [.train: many ? 12 : 8, .validation: 3, .test: index % 4 == 3 ? 0 : 2], perTask: many ? 1 : 2,
            writesRationales: index == 0 || index == 6)
    }

    private static func ablation(_ index: Int) -> RunPlan {
        let number = index - usual
        var plan = usualPlan([0, 2, 1, 6, 5, 2, 4][number], named: "toy \(index)")
        switch number {
        case 0:
            // ReST: two M-steps on one E-step, under a threshold that rises, each from the last policy.
            plan.iterations = 4
            plan.iterationsPerSampling = 2
            plan.startsFromPrevious = true
            plan.writesRationales = false
            plan.selection.laterThresholds = [.quantile(0.6), .quantile(0.7)]
        case 1:
            // Ends when validation does not improve; two decodings.
            plan.iterations = 4
            plan.patience = 1
            plan.evaluationSamples = [2, 1]
        case 2:
            // RAFT: the best of each prompt, whatever its reward; three M-steps on one E-step.
            plan.iterations = 3
            plan.iterationsPerSampling = 3
            plan.selection = SelectionRule(threshold: .everything, scope: .all, cap: 1)
        case 3:
            // Rationales and rewards from outside, which are recorded and not asked for again.
            plan.iterations = 2
            plan.recordedOnly = [.rationale, .score]
            plan.evaluates = [.test]
        case 5:
            // A server draws and a program trains: each asked again answers otherwise, and what follows from an answer differs.
            plan.recordedOnly = [.sample, .train]
        case 6:
            // The same with rewards from outside, several M-steps on one E-step, and each from the last policy.
            plan.iterations = 4
            plan.iterationsPerSampling = 2
            plan.startsFromPrevious = true
            plan.recordedOnly = [.sample, .score, .train]
        default:
            // Every rule of going on at once, without a fine-tuning.
            plan.iterations = 4
            plan.iterationsPerSampling = 2
            plan.patience = 4
            plan.selection.laterThresholds = [.absolute(0.2)]
        }
        return plan
    }

    static func plan(
        name: String, iterations: UInt32, fineTunesFirst: Bool, startsFromPrevious: Bool, rule: SelectionRule,
        samples: UInt32, prompts: [Split: Int], perTask: UInt32, writesRationales: Bool
    ) -> RunPlan {
        var groups: [Split: [String]] = [:]
        for (split, count) in prompts where count > 0 {
            groups[split] = (0..<count).map { $0.isMultiple(of: 2) ? "reviews" : "topics" }
        }
        return RunPlan(
            run: Digest.of(name), seed: 7, iterations: iterations, fineTunesFirst: fineTunesFirst,
            startsFromPrevious: startsFromPrevious, base: ToyTasks.baseWeights, groups: groups, promptsPerTask: perTask,
            samplesPerPrompt: samples, evaluates: [.validation, .test], selection: rule,
            writesRationales: writesRationales)
    }
}
