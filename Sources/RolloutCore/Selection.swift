/// Which trajectories of an E-step become the training set (REST-PG, section 3: keep R ≥ τ, at most 10 a prompt).
///
/// Each trajectory goes to the first of these that applies: *malformed* (no answer; its reward is 0), *duplicate* (the same
/// tokens as a lower sample of its prompt), *unscored*, *below threshold*, *over cap*, *kept*. The candidates are those
/// that get past the first three. τ by rule:
///
/// - absolute: the same everywhere, one threshold named `all`.
/// - quantile q: of the n candidate rewards of the scope in ascending order the one at index min(n - 1, ⌊q·n⌋), without
///   interpolation: 0.75 of 4 keeps 1, and ties with it. A scope without candidates has no threshold.
/// - margin over first: the scope's mean reward in the first iteration's E-step plus the margin. The mean is over all
///   trajectories of policy 0 there, duplicates included, malformed as 0, unscored left out. A scope of which nothing was
///   scored then takes the mean over everything.
/// - everything: nothing is below τ, and no threshold is recorded.
///
/// Everything is in (prompt, sample) order, so sums and ties do not depend on who computed what when.
public struct Selection: Sendable, Equatable {
    /// The thresholds applied, by group in order of first appearance, or by prompt.
    public var thresholds: [SealedIteration.Threshold]
    /// What is kept, in (prompt, sample) order.
    public var kept: [SealedIteration.Kept]
    /// Where every trajectory went.
    public var counts: SelectionCounts

    /// Selects from all trajectories of an E-step, in (prompt, sample) order.
    ///
    /// - Parameters:
    ///   - groups: The group of each prompt.
    ///   - first: Mean rewards of the first iteration; that iteration passes its own.
    public init(_ trajectories: [JudgedTrajectory], rule: SelectionRule, groups: [String], first: FirstMeans) {
        let scoping = Scoping(rule: rule, groups: groups)
        var counts = SelectionCounts()
        counts.sampled = UInt32(trajectories.count)
        var candidates: [(id: TrajectoryID, reward: Double)] = []
        for trajectory in trajectories {
            switch trajectory.reward {
            case .malformed: counts.malformed += 1
            case _ where trajectory.isDuplicate: counts.duplicate += 1
            case .unscored, .awaited: counts.unscored += 1
            case .scored(let reward): candidates.append((trajectory.id, reward))
            }
        }
        let thresholds = Self.thresholds(candidates, scoping: scoping, first: first)
        let byScope = Dictionary(thresholds.map { ($0.group, $0.value) }, uniquingKeysWith: { first, _ in first })
        var passed: [(id: TrajectoryID, reward: Double)] = []
        for candidate in candidates {
            let threshold =
                rule.threshold == .everything ? candidate.reward : byScope[scoping.name(candidate.id.prompt)]
            if let threshold, candidate.reward >= threshold {
                passed.append(candidate)
            } else {
                counts.belowThreshold += 1
            }
        }
        let kept = Self.capped(passed, cap: Int(rule.cap))
        counts.kept = UInt32(kept.count)
        counts.overCap = UInt32(passed.count - kept.count)
        counts.starvedPrompts = UInt32(groups.count - Set(kept.lazy.map(\.id.prompt)).count)
        self.thresholds = thresholds
        self.kept = kept
        self.counts = counts
    }

    /// The best `cap` of each prompt, ties by lowest sample, back in (prompt, sample) order.
    private static func capped(_ passed: [(id: TrajectoryID, reward: Double)], cap: Int) -> [SealedIteration.Kept] {
        var kept: [SealedIteration.Kept] = []
        var start = passed.startIndex
        while start < passed.endIndex {
            let prompt = passed[start].id.prompt
            let end = passed[start...].firstIndex { $0.id.prompt != prompt } ?? passed.endIndex
            let best = passed[start..<end].sorted { a, b in
                a.reward != b.reward ? a.reward > b.reward : a.id.sample < b.id.sample
            }
            for one in best.prefix(cap).sorted(by: { $0.id < $1.id }) {
                kept.append(SealedIteration.Kept(id: one.id, reward: one.reward))
            }
            start = end
        }
        return kept
    }

    private static func thresholds(
        _ candidates: [(id: TrajectoryID, reward: Double)], scoping: Scoping, first: FirstMeans
    ) -> [SealedIteration.Threshold] {
        switch scoping.rule.threshold {
        case .everything:
            return []
        case .absolute(let value):
            return [SealedIteration.Threshold(group: "all", value: value)]
        case .marginOverFirst(let margin):
            return scoping.names.map { name in
                SealedIteration.Threshold(group: name, value: (first.byScope[name] ?? first.overall) + margin)
            }
        case .quantile(let quantile):
            var rewards: [String: [Double]] = [:]
            for candidate in candidates {
                rewards[scoping.name(candidate.id.prompt), default: []].append(candidate.reward)
            }
            return scoping.names.compactMap { name in
                guard let sorted = rewards[name]?.sorted() else { return nil }
                let rank = (quantile * Double(sorted.count)).rounded(.down)
                let index = Int(max(0, min(rank, Double(sorted.count - 1))))
                return SealedIteration.Threshold(group: name, value: sorted[index])
            }
        }
    }
}

/// Mean rewards of policy 0 in the first iteration's E-step, the yardstick of `marginOverFirst`.
public struct FirstMeans: Sendable, Equatable {
    /// Over everything scored; 0 when nothing was.
    public var overall: Double
    /// By scope, for scopes of which something was scored.
    public var byScope: [String: Double]

    /// Takes the means of all trajectories of an E-step, in (prompt, sample) order.
    public init(_ trajectories: [JudgedTrajectory], rule: SelectionRule, groups: [String]) {
        let scoping = Scoping(rule: rule, groups: groups)
        var sums: [String: (sum: Double, count: Double)] = [:]
        var overall = (sum: 0.0, count: 0.0)
        for trajectory in trajectories {
            guard let reward = trajectory.countedReward else { continue }
            let name = scoping.name(trajectory.id.prompt)
            sums[name, default: (0, 0)].sum += reward
            sums[name, default: (0, 0)].count += 1
            overall.sum += reward
            overall.count += 1
        }
        self.overall = overall.count > 0 ? overall.sum / overall.count : 0
        byScope = sums.mapValues { $0.sum / $0.count }
    }
}

/// Names the scope of each prompt under a rule.
private struct Scoping {
    let rule: SelectionRule
    let groups: [String]

    func name(_ prompt: UInt32) -> String {
        if case .absolute = rule.threshold { return "all" }
        switch rule.scope {
        case .all: return "all"
        case .group: return Int(prompt) < groups.count ? groups[Int(prompt)] : ""
        case .prompt: return "prompt \(prompt)"
        }
    }

    /// Every scope, in order of its first prompt.
    var names: [String] {
        if case .all = rule.scope { return ["all"] }
        var seen: Set<String> = []
        return groups.indices.map { name(UInt32($0)) }.filter { seen.insert($0).inserted }
    }
}
