import Digests
import RolloutCore

// The runs that are simulated: small, and together with every kind of selection, of start and of evaluation.
enum ToyPlans {
    static let count = 8

    static func plan(_ index: Int) -> RunPlan {
        let rules = [
            SelectionRule(threshold: .quantile(0.5), scope: .group, cap: 2),
            SelectionRule(threshold: .marginOverFirst(-0.1), scope: .all, cap: 1),
            SelectionRule(threshold: .absolute(0.3), scope: .all, cap: 10),
            SelectionRule(threshold: .quantile(0.4), scope: .prompt, cap: 3),
        ]
        let many = index >= 4
        return plan(
            name: "toy \(index)", iterations: [2, 2, 3, 1][index % 4], fineTunesFirst: index.isMultiple(of: 2),
            startsFromPrevious: index % 4 == 1, rule: rules[index % 4], samples: many ? 2 : 3,
            prompts: [.train: many ? 12 : 8, .validation: 3, .test: index % 4 == 3 ? 0 : 2], perTask: many ? 1 : 2,
            writesRationales: index == 0 || index == 6)
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
