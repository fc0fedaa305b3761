import Digests
import Testing

@testable import RolloutCore

@Suite struct MiniClusterTests {
    static let plans = [
        FakeTasks.plan(),
        FakeTasks.plan(
            iterations: 2, fineTunesFirst: false, startsFromPrevious: true,
            rule: SelectionRule(threshold: .marginOverFirst(-0.1), scope: .all, cap: 1)),
        // ReST: several M-steps with a rising threshold on one E-step; two decodings, one of several samples.
        FakeTasks.plan(
            iterations: 2,
            rule: SelectionRule(
                threshold: .quantile(0.3), scope: .group, cap: 3, laterThresholds: [.quantile(0.7)]),
            evaluated: [.validation: 3], iterationsPerSampling: 2, evaluationSamples: [1, 2]),
        // RAFT that would end when validation gets no better, and does not.
        FakeTasks.plan(
            iterations: 2, rule: SelectionRule(threshold: .everything, scope: .all, cap: 1), patience: 2),
        // Ends early: the fourth of many iterations is one too many without a better validation reward.
        FakeTasks.plan(iterations: 9, evaluated: [.validation: 3], patience: 1),
    ]

    struct Truth {
        let outcome: Outcome
        let sealed: [SealedIteration]
        let policies: [PolicyManifest]
        let journal: [Record]
    }

    static func truth(of cluster: MiniCluster) -> Truth? {
        guard let outcome = cluster.outcome else { return nil }
        var sealed: [SealedIteration] = []
        var policies: [PolicyManifest] = []
        for record in cluster.journal {
            if case .sealed(let iteration) = record { sealed.append(iteration) }
            if case .policyCommitted(let policy) = record { policies.append(policy) }
        }
        return Truth(outcome: outcome, sealed: sealed, policies: policies, journal: cluster.journal)
    }

    @Test(arguments: plans.indices) func aQuietClusterFinishes(plan: Int) throws {
        let cluster = MiniCluster(plan: Self.plans[plan], seed: 1)
        cluster.run()
        let truth = try #require(Self.truth(of: cluster))
        #expect(cluster.isDrained && cluster.halt == nil && cluster.troubles.isEmpty)
        let last = UInt32(truth.policies.count - 1)
        #expect(Self.plans[plan].iterations == last || Self.plans[plan].patience != nil)
        #expect(truth.sealed.map(\.iteration) == Array(1...last))
        #expect(truth.policies.map(\.version) == Array(0...last))
        let decodings = Self.plans[plan].evaluationSamples.count
        let evaluated = Self.plans[plan].evaluatedSplits.count * decodings
        #expect(truth.outcome.evaluations.count == truth.policies.count * evaluated)
        #expect(Set(truth.outcome.evaluations.map(\.decoding)) == Set((0..<decodings).map(UInt32.init)))
    }

    /// The second iteration draws nothing: it selects more strictly from the first one's trajectories.
    @Test func iterationsThatShareAnEStepSelectFromTheSameTrajectories() throws {
        let cluster = MiniCluster(plan: Self.plans[2], seed: 1)
        cluster.run()
        let truth = try #require(Self.truth(of: cluster))
        let sampled = truth.journal.compactMap { record -> UInt32? in
            guard case .accepted(let result) = record, result.attempt.task.split == .train else { return nil }
            return result.attempt.task.kind == .sample ? result.attempt.task.iteration : nil
        }
        #expect(Set(sampled) == [1])
        let (first, second) = (truth.sealed[0], truth.sealed[1])
        #expect(first.counts.sampled == second.counts.sampled && first.counts.malformed == second.counts.malformed)
        #expect(Set(second.kept.map(\.id)).isStrictSubset(of: first.kept.map(\.id)))
        for (low, high) in zip(first.thresholds, second.thresholds) { #expect(low.value < high.value) }
        #expect(truth.policies[1].weights != truth.policies[2].weights)
    }

    @Test func withoutAThresholdTheBestOfEachPromptIsKept() throws {
        let cluster = MiniCluster(plan: Self.plans[3], seed: 1)
        cluster.run()
        let truth = try #require(Self.truth(of: cluster))
        for sealed in truth.sealed {
            #expect(sealed.thresholds.isEmpty && sealed.counts.belowThreshold == 0)
            #expect(Set(sealed.kept.map(\.id.prompt)).count == sealed.kept.count)
        }
    }

    /// A run ends after as many iterations without a better validation reward as it has patience for, and not before.
    @Test func aRunWhoseValidationGetsNoBetterEndsEarly() throws {
        let cluster = MiniCluster(plan: Self.plans[4], seed: 1)
        cluster.run()
        let truth = try #require(Self.truth(of: cluster))
        let last = UInt32(truth.policies.count - 1)
        #expect(last < 9 && truth.outcome.bestPolicy + 1 == last)
        let patient = MiniCluster(plan: Self.plans[3], seed: 1)
        patient.run()
        #expect(try #require(Self.truth(of: patient)).policies.count == 3)
    }

    /// Every iteration is measured against policy 0, not against itself.
    @Test func theMarginStaysThatOverTheFirstIteration() throws {
        let cluster = MiniCluster(plan: Self.plans[1], seed: 1)
        cluster.run()
        let truth = try #require(Self.truth(of: cluster))
        #expect(truth.sealed[0].thresholds == truth.sealed[1].thresholds)
        #expect(truth.sealed[0].kept != truth.sealed[1].kept)
    }

    @Test func theShapeOfTheClusterChangesNothing() throws {
        let one = MiniCluster(plan: Self.plans[0], seed: 1, roles: [.sampler, .scorer, .learner])
        let many = MiniCluster(
            plan: Self.plans[0], seed: 2,
            roles: Array(repeating: .sampler, count: 5) + [.scorer, .scorer, .learner, .learner])
        one.run()
        many.run()
        let (a, b) = (try #require(Self.truth(of: one)), try #require(Self.truth(of: many)))
        #expect(a.sealed == b.sealed)
        #expect(a.policies == b.policies)
        #expect(a.outcome == b.outcome)
    }

    static func trouble(_ cluster: MiniCluster, _ expected: Truth) -> String? {
        if let halt = cluster.halt { return "halted: \(halt)" }
        if let trouble = cluster.troubles.first { return trouble }
        guard let truth = truth(of: cluster), cluster.isDrained else {
            return "did not end by \(cluster.now.sinceStart)"
        }
        if truth.sealed != expected.sealed { return "another selection" }
        if truth.policies != expected.policies { return "other policies" }
        if truth.outcome != expected.outcome { return "another outcome" }
        var accepted: Set<TaskID> = []
        for case .accepted(let result) in truth.journal where !accepted.insert(result.attempt.task).inserted {
            return "\(result.attempt.task) accepted twice"
        }
        let terms = cluster.terms
        return zip(terms, terms.dropFirst()).allSatisfy { $0 < $1 } ? nil : "terms not increasing: \(terms)"
    }
}

extension MiniCluster {
    var terms: [Term] {
        journal.compactMap { if case .termStarted(let term) = $0 { term } else { nil } }
    }
}
