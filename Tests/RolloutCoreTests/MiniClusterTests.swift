import Digests
import Testing

@testable import RolloutCore

@Suite struct MiniClusterTests {
    static let plans = [
        FakeTasks.plan(),
        FakeTasks.plan(
            iterations: 2, fineTunesFirst: false, startsFromPrevious: true,
            rule: SelectionRule(threshold: .marginOverFirst(-0.1), scope: .all, cap: 1)),
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
        #expect(truth.sealed.map(\.iteration) == [1, 2])
        #expect(truth.policies.map(\.version) == [0, 1, 2])
        #expect(truth.outcome.evaluations.count == 6)
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
