import Digests
import Testing

@testable import RolloutCore

@Suite struct RecoveryTests {
    static let plan = FakeTasks.plan(
        rule: SelectionRule(threshold: .marginOverFirst(-0.1), scope: .group, cap: 2), prompts: 6,
        evaluated: [.validation: 2])

    static func finished(_ plan: RunPlan = plan) -> MiniCluster {
        let cluster = MiniCluster(plan: plan, seed: 1)
        cluster.run()
        return cluster
    }

    /// Whatever a crash leaves of the journal, the run ends as if nothing had happened and repeats nothing it has recorded.
    @Test(arguments: [plan] + MiniClusterTests.plans.suffix(3)) func everyPrefixOfTheJournalResumesToTheSameEnd(
        plan: RunPlan
    ) throws {
        let whole = Self.finished(plan)
        let truth = try #require(MiniClusterTests.truth(of: whole))
        #expect(whole.journal.count >= 20)
        for count in 0...whole.journal.count {
            let resumed = MiniCluster(plan: plan, seed: UInt64(count) + 100)
            resumed.journal = Array(whole.journal.prefix(count))
            resumed.durable = count
            for case .policyCommitted(let policy) in resumed.journal {
                if let delta = policy.delta { resumed.blobs.insert(delta.digest) }
            }
            resumed.run()
            let trouble = MiniClusterTests.trouble(resumed, truth)
            #expect(trouble == nil, "after \(count) records: \(trouble ?? "")")
            #expect(Array(resumed.journal.prefix(count)) == Array(whole.journal.prefix(count)))
        }
    }

    @Test func aTrainingAcceptedButNotCommittedIsCommittedAtTheStart() throws {
        let journal = Self.finished().journal
        let commit = try #require(
            journal.firstIndex { if case .policyCommitted = $0 { true } else { false } })
        var harness = try Harness(plan: Self.plan, term: 2, recovered: Array(journal.prefix(commit)))
        let effects = harness.start()
        #expect(
            effects.prefix(2) == [
                .journal(.termStarted(Term(rawValue: 2)), durable: true), .journal(journal[commit], durable: true),
            ])
    }

    @Test func aFinishedRunReportsItsOutcomeAndTellsWhoComes() throws {
        let cluster = Self.finished()
        var harness = try Harness(plan: Self.plan, term: 2, recovered: cluster.journal)
        let effects = harness.start()
        #expect(effects.contains(.finish(try #require(cluster.outcome))) && effects.contains(.drained))
        #expect(harness.coordinator.phase == .finished)
        var late = harness.peer(.sampler, "late")
        let answer = harness.send(.hello(Harness.hello(.sampler, "late")), from: &late)
        #expect(answer.messages == [.reject(Rejection(reason: .finished, explanation: "the run is finished"))])
    }

    @Test func theTermHasToRise() {
        #expect(throws: RecoveryError.self) {
            try Harness(plan: Self.plan, term: 1, recovered: [.termStarted(Term(rawValue: 1))])
        }
    }

    @Test(arguments: ["output", "digest", "twice", "order", "root", "policy", "end"]) func aDamagedJournalIsRefused(
        damage: String
    ) throws {
        var journal = Self.finished().journal
        let accepted = try #require(
            journal.firstIndex {
                if case .accepted(let result) = $0 { result.attempt.task.kind == .sample } else { false }
            })
        let sealed = try #require(journal.firstIndex { if case .sealed = $0 { true } else { false } })
        guard case .accepted(var result) = journal[accepted], case .sealed(var iteration) = journal[sealed] else {
            return
        }
        switch damage {
        case "output":
            result.output = .sample([])
            journal[accepted] = .accepted(result)
        case "digest":
            result.resultDigest = .zero
            journal[accepted] = .accepted(result)
        case "twice": journal.insert(journal[accepted], at: accepted)
        case "order": journal.remove(at: accepted)
        case "root":
            iteration.root = .zero
            journal[sealed] = .sealed(iteration)
        case "policy":
            journal.removeAll {
                if case .accepted(let result) = $0 { result.attempt.task.kind == .train } else { false }
            }
        default: journal.removeSubrange(accepted..<(journal.count - 1))
        }
        let error = #expect(throws: RecoveryError.self) { try Harness(plan: Self.plan, term: 2, recovered: journal) }
        #expect((error?.description.count ?? 0) > 30)
    }

    @Test func theJournalOfAnotherRunIsRefused() {
        var other = Self.plan
        other.run = Digest.of("another")
        #expect(throws: RecoveryError.self) { try Harness(plan: other, term: 2, recovered: Self.finished().journal) }
    }
}
