import Configuration
import Evaluation
import RunStore

/// What k of a prompt's samples reach, as means over prompts.
struct SampleFindings: Sendable, Equatable {
    /// Samples of each prompt.
    let samples: Int
    /// Expected best reward of k samples, for k = 1, 2, 4, … and all.
    let best: [(k: Int, reward: Double)]
    /// The chance that one of k samples passes; empty where passing is not defined.
    let pass: [(k: Int, chance: Double)]
    /// Share of prompts of which an answer was drawn twice.
    let majorityShare: Double
    /// Mean reward of those prompts' most frequent answers; nil where there are none.
    let majorityReward: Double?

    static func == (a: SampleFindings, b: SampleFindings) -> Bool {
        a.samples == b.samples && a.majorityShare == b.majorityShare && a.majorityReward == b.majorityReward
            && a.best.elementsEqual(b.best, by: ==) && a.pass.elementsEqual(b.pass, by: ==)
    }

    /// The reward from which an answer counts as right: the threshold of the selection, where it is one number.
    static func passing(_ configuration: RunConfiguration) -> Double? {
        guard configuration.run.mode.iterates, configuration.selection.keep == .passing,
            case .absolute(let level) = configuration.selection.threshold, level.isConstant
        else { return nil }
        return level.values(1).first
    }
}

/// Adds up prompts one by one.
struct SampleTally {
    private let passing: Double?
    private var samples = 0
    private var prompts = 0
    private var best: [Int: Double] = [:]
    private var pass: [Int: Double] = [:]
    private var majorities = 0
    private var majorityRewards: [Double] = []

    init(passing: Double?) {
        self.passing = passing
    }

    /// Prompts with a sample that could not be scored are left out: what k samples reach would be unknown.
    mutating func add(_ prompt: PromptSamples) {
        let rewards = prompt.rewards.compactMap { $0 }
        guard rewards.count == prompt.rewards.count, rewards.count > 1 else { return }
        samples = max(samples, rewards.count)
        prompts += 1
        for k in Self.sizes(rewards.count) {
            best[k, default: 0] += BestOfK.best(rewards, k: k) ?? 0
            if let passing {
                pass[k, default: 0] += BestOfK.pass(rewards.count { $0 >= passing }, of: rewards.count, k: k) ?? 0
            }
        }
        let answered = prompt.answers.indices.filter { prompt.answers[$0] != nil }
        if let first = BestOfK.majority(answered.compactMap { prompt.answers[$0] }) {
            majorities += 1
            majorityRewards.append(rewards[answered[first]])
        }
    }

    /// 1, 2, 4, … and all.
    private static func sizes(_ count: Int) -> [Int] {
        var sizes: [Int] = []
        var k = 1
        while k < count {
            sizes.append(k)
            k *= 2
        }
        return sizes + [count]
    }

    var findings: SampleFindings? {
        guard prompts > 0 else { return nil }
        func mean(_ sums: [Int: Double]) -> [(Int, Double)] {
            sums.sorted { $0.key < $1.key }.map { ($0.key, $0.value / Double(prompts)) }
        }
        return SampleFindings(
            samples: samples, best: mean(best).map { (k: $0.0, reward: $0.1) },
            pass: mean(pass).map { (k: $0.0, chance: $0.1) },
            majorityShare: Double(majorities) / Double(prompts), majorityReward: Moments(majorityRewards).mean)
    }
}
