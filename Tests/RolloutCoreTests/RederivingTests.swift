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

    /// A coordinator that trains policy 0 again, after as much of a finished run's journal as `last` ends.
    private func rederiving(after last: (Record) -> Bool) throws -> Harness {
        let whole = RecoveryTests.finished()
        let found = whole.journal.firstIndex(where: last)
        let end = try #require(found)
        var harness = try Harness(plan: RecoveryTests.plan, term: 2, recovered: Array(whole.journal.prefix(end + 1)))
        harness.coordinator.lost(policy: 0)
        harness.start()
        return harness
    }

    /// The result of a task that no lease of this term stands for.
    private func result(of task: TaskID, in harness: Harness) throws -> TaskResult {
        let input = try #require(harness.coordinator.inputDigest(of: task))
        let grant = Grant(attempt: Attempt(task: task, attempt: 1), timeToLive: .seconds(10), inputDigest: input)
        return try #require(harness.result(grant))
    }

    @Test func aResultOfATaskThatIsOfferedLaterCounts() throws {
        var harness = try rederiving { if case .policyCommitted = $0 { true } else { false } }
        var sampler = harness.join(.sampler, "s")
        let task = TaskID(iteration: 1, split: .train, kind: .sample, index: 0)
        let result = try result(of: task, in: harness)
        #expect(harness.coordinator.tasks[task] == nil, "nothing is offered while weights are lost")
        let effects = harness.send(.result(result), from: &sampler)
        #expect(effects.records.count == 1 && harness.coordinator.hasEnded(task))
        #expect(effects.messages == [.resultAck(ResultAck(task: task, resultDigest: result.resultDigest))])
        #expect(effects.grants.isEmpty, "its like are not offered for that")
    }

    @Test func oneDeltaIsFetchedAtATime() throws {
        var harness = try rederiving { if case .trainingSetStored(1, _) = $0 { true } else { false } }
        var first = harness.join(.learner, "l", slots: 1, credit: 1)
        var second = harness.join(.learner, "m", slots: 1, credit: 1)
        let lost = try result(of: .train(0), in: harness)
        let next = try result(of: .train(1), in: harness)
        guard case .train(let trained) = lost.output else { return }
        func fetched(_ effects: [CoordinatorEffect]) -> [TaskID] {
            effects.compactMap { if case .fetchPolicy(_, _, let task, _) = $0 { task } else { nil } }
        }
        #expect(fetched(harness.send(.result(lost), from: &first)) == [.train(0)])
        let meanwhile = harness.send(.result(next), from: &second)
        #expect(fetched(meanwhile).isEmpty && meanwhile.messages.isEmpty, "it is sent again")
        let stored = harness.handle(.policyStored(trained.policy))
        #expect(stored.messages.contains(.resultAck(ResultAck(task: .train(0), resultDigest: lost.resultDigest))))
        #expect(harness.coordinator.lostPolicies.isEmpty)
        #expect(fetched(harness.send(.result(next), from: &second)) == [.train(1)])
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
