import Digests
import Testing

@testable import RolloutCore

/// A disk that loses weights costs an M-step and nothing else.
@Suite struct RederivingTests {
    private static let plans = [
        RecoveryTests.plan,
        FakeTasks.plan(
            iterations: 2, fineTunesFirst: true, startsFromPrevious: true,
            rule: SelectionRule(threshold: .absolute(0.2), scope: .all, cap: 2), prompts: 4, evaluated: [.validation: 2]
        ),
    ]

    /// A run that ended, and one that goes on after so many of its records without the deltas of some policies.
    private func resume(
        _ whole: MiniCluster, after count: Int, without lost: Set<UInt32>, seed: UInt64,
        faults: MiniCluster.Faults = MiniCluster.Faults()
    ) -> MiniCluster {
        let resumed = MiniCluster(plan: whole.plan, seed: seed, faults: faults)
        resumed.journal = Array(whole.journal.prefix(count))
        resumed.durable = count
        for case .policyCommitted(let policy) in resumed.journal where !lost.contains(policy.version) {
            if let delta = policy.delta { resumed.blobs.insert(delta.digest) }
        }
        resumed.run()
        return resumed
    }

    @Test(arguments: plans.indices) func lostWeightsAreMadeAgainWheneverTheyAreMissed(plan: Int) throws {
        let whole = MiniCluster(plan: Self.plans[plan], seed: 1)
        whole.run()
        let truth = try #require(MiniClusterTests.truth(of: whole))
        let commits = whole.journal.indices.filter {
            if case .policyCommitted = whole.journal[$0] { true } else { false }
        }
        #expect(commits.count == 3)
        for (index, commit) in commits.enumerated() {
            let next = index + 1 < commits.count ? commits[index + 1] : whole.journal.count
            for count in stride(from: commit + 1, through: next, by: 3) + [whole.journal.count] {
                for lost in [[UInt32(index)], Array(0...UInt32(index))] {
                    let resumed = resume(whole, after: count, without: Set(lost), seed: UInt64(count) + 10)
                    let trouble = MiniClusterTests.trouble(resumed, truth)
                    #expect(trouble == nil, "policies \(lost) lost after \(count) records: \(trouble ?? "")")
                    for case .policyCommitted(let policy) in resumed.journal {
                        if let delta = policy.delta { #expect(resumed.blobs.contains(delta.digest)) }
                    }
                }
            }
        }
    }

    @Test func nothingIsSampledFromWeightsThatAreNotThere() throws {
        let whole = RecoveryTests.finished()
        let commit = try #require(
            whole.journal.firstIndex { if case .policyCommitted = $0 { true } else { false } })
        var harness = try Harness(plan: RecoveryTests.plan, term: 2, recovered: Array(whole.journal.prefix(commit + 1)))
        harness.coordinator.lost(policy: 0)
        _ = harness.start()
        #expect(harness.coordinator.lostPolicies == [0])
        #expect(harness.coordinator.phase == .training(iteration: 0))
        let pending = harness.coordinator.status(at: harness.now).tasks.filter { $0.pending > 0 }
        #expect(pending.map(\.group.kind) == [.train])
    }

    @Test func underFaultsToo() throws {
        let whole = MiniCluster(plan: Self.plans[1], seed: 1)
        whole.run()
        let truth = try #require(MiniClusterTests.truth(of: whole))
        for seed in UInt64(1)...20 {
            var random = SplitMix(seed: seed)
            let faults = MiniCluster.Faults.drawn(from: &random)
            let resumed = resume(
                whole, after: whole.journal.count, without: [0, 2], seed: seed, faults: faults)
            let trouble = MiniClusterTests.trouble(resumed, truth)
            #expect(trouble == nil, "seed \(seed): \(trouble ?? "")")
        }
    }

    @Test func otherWeightsStopTheRun() throws {
        let whole = RecoveryTests.finished()
        var harness = try Harness(plan: RecoveryTests.plan, term: 2, recovered: whole.journal)
        harness.coordinator.lost(policy: 0)
        _ = harness.start()
        guard case .done(let recorded)? = harness.coordinator.rederived[0].map({ TaskState.done($0) }),
            case .accepted(let accepted)? = whole.journal.first(where: {
                if case .accepted(let result) = $0 { result.attempt.task == .train(0) } else { false }
            }), case .train(var trained) = accepted.output
        else {
            Issue.record("policy 0 was not trained")
            return
        }
        trained.lastLoss += 1
        let output = TaskOutput.train(trained)
        let fetch = PolicyFetch(
            result: TaskResult(
                attempt: accepted.attempt, inputDigest: accepted.inputDigest, resultDigest: output.digest,
                output: output,
                computeTime: .zero), policy: trained.policy, node: "learner", incarnation: Incarnation(rawValue: 1),
            session: SessionID(rawValue: 1))
        harness.coordinator.restored(fetch, recorded: recorded)
        #expect(
            harness.coordinator.halted
                == .determinismViolation(.train(0), first: recorded, second: output.digest, node: "learner"))
    }
}
