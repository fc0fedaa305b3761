import Digests
import Testing

@testable import RolloutCore

/// The order of effects is the order of durability.
@Suite struct CoordinatorTests {
    @Test func theTermIsDurableBeforeAnythingElse() throws {
        var harness = try Harness(plan: FakeTasks.plan())
        let effects = harness.start()
        #expect(effects.first == .journal(.termStarted(Term(rawValue: 1)), durable: true))
        #expect(effects.contains(.storeTrainingSet(iteration: 0)))
        #expect(effects.contains(.note(.phase(.training(iteration: 0)))))
    }

    @Test func theBaseIsCommittedAtOnceWithoutFineTuning() throws {
        var harness = try Harness(plan: FakeTasks.plan(fineTunesFirst: false))
        let effects = harness.start()
        let base = PolicyManifest(version: 0, base: FakeTasks.base, weights: FakeTasks.base, delta: nil)
        #expect(effects.contains(.journal(.policyCommitted(base), durable: true)))
        #expect(harness.coordinator.policies == [base])
    }

    @Test func aPolicyIsCommittedDurablyBeforeItsAcknowledgementAndAnnouncement() throws {
        var harness = try Harness(plan: FakeTasks.plan())
        harness.start()
        harness.handle(.trainingSetStored(iteration: 0, BlobManifest(of: [1])))
        _ = harness.join(.sampler, "s")
        var learner = harness.join(.learner, "l")
        let grant = try #require(harness.granted(to: learner).first)
        let result = try #require(harness.result(grant))
        guard case .train(let trained) = result.output else { return }
        let fetch = harness.send(.result(result), from: &learner)
        #expect(
            fetch == [.fetchPolicy(learner.session, learner.incarnation, grant.attempt.task, trained.policy)],
            "no acknowledgement before the weights are here")
        #expect(harness.send(.result(result), from: &learner).messages.isEmpty)
        let effects = harness.handle(.policyStored(trained.policy))
        let commit = try #require(
            effects.firstIndex(of: .journal(.policyCommitted(trained.policy), durable: true)))
        let accepted = try #require(
            effects.firstIndex { if case .journal(.accepted, _) = $0 { true } else { false } })
        let announce = try #require(
            effects.firstIndex { if case .send(_, _, .policy) = $0 { true } else { false } })
        let acknowledge = try #require(
            effects.firstIndex { if case .send(_, _, .resultAck) = $0 { true } else { false } })
        #expect(accepted < commit && commit < announce && commit < acknowledge)
    }

    @Test func aFailedFetchOffersTheTaskAnewAndTheResultStillCounts() throws {
        var harness = try Harness(plan: FakeTasks.plan())
        harness.start()
        harness.handle(.trainingSetStored(iteration: 0, BlobManifest(of: [1])))
        var learner = harness.join(.learner, "l")
        let grant = try #require(harness.granted(to: learner).first)
        let result = try #require(harness.result(grant))
        harness.send(.result(result), from: &learner)
        harness.handle(.policyFetchFailed(learner.session, grant.attempt.task, explanation: "gone"))
        #expect(harness.coordinator.counters.infrastructure.fetchesFailed == 1)
        harness.pass(.seconds(1))
        #expect(harness.granted(to: learner).map(\.attempt.attempt) == [2])
        let effects = harness.send(.result(result), from: &learner)
        #expect(effects.contains { if case .fetchPolicy = $0 { true } else { false } })
    }

    @Test("A failed fetch of an earlier attempt's result takes the lease its node has now, and says which")
    func aFailedFetchNamesTheLeaseThatIsLost() throws {
        var harness = try Harness(plan: FakeTasks.plan())
        harness.start()
        harness.handle(.trainingSetStored(iteration: 0, BlobManifest(of: [1])))
        var learner = harness.join(.learner, "l")
        let first = try #require(harness.granted(to: learner).first)
        harness.send(.result(try #require(harness.result(first))), from: &learner)
        for _ in 0..<2 { harness.send(.heartbeat(Heartbeat(held: [], credit: 1)), from: &learner) }
        harness.pass(.seconds(1))
        let second = Attempt(task: first.attempt.task, attempt: 2)
        #expect(harness.granted(to: learner).map(\.attempt) == [second])
        let effects = harness.handle(.policyFetchFailed(learner.session, second.task, explanation: "gone"))
        #expect(effects.notices.contains(.systemFailure(second, node: "l", explanation: "gone")))
        #expect(harness.coordinator.tasks[second.task]?.losses == 2)
    }

    @Test func sealedIsDurableBeforeTheTrainingSetIsWritten() throws {
        let cluster = MiniCluster(plan: FakeTasks.plan(), seed: 4)
        cluster.run()
        let sealed = cluster.journal.firstIndex { if case .sealed = $0 { true } else { false } }
        let stored = cluster.journal.firstIndex { if case .trainingSetStored(1, _) = $0 { true } else { false } }
        let policy = cluster.journal.firstIndex {
            if case .policyCommitted(let policy) = $0 { policy.version == 1 } else { false }
        }
        #expect(try #require(sealed) < #require(stored))
        #expect(try #require(stored) < #require(policy))
    }

    @Test func nothingSelectedHaltsAndSealsNothing() {
        let rule = SelectionRule(threshold: .absolute(2), scope: .all, cap: 1)
        let cluster = MiniCluster(plan: FakeTasks.plan(rule: rule), seed: 4)
        cluster.run()
        guard case .nothingSelected(1, let counts)? = cluster.halt else {
            Issue.record("ended with \(String(describing: cluster.halt))")
            return
        }
        #expect(counts.kept == 0 && counts.sampled == 24)
        #expect(counts.belowThreshold + counts.malformed + counts.duplicate + counts.unscored == 24)
        #expect(!cluster.journal.contains { if case .sealed = $0 { true } else { false } })
    }

    @Test func drainingLeasesNothingAndEndsWhenAllHaveLeft() throws {
        var harness = try Harness(plan: FakeTasks.plan(fineTunesFirst: false))
        harness.start()
        var sampler = harness.join(.sampler, "s")
        let effects = harness.handle(.drain)
        #expect(effects.messages == [.drain] && !effects.contains(.drained))
        let held = harness.granted(to: sampler).map(\.attempt)
        #expect(!held.isEmpty)
        #expect(harness.send(.release(held), from: &sampler).grants.isEmpty)
        let beat = harness.send(.heartbeat(Heartbeat(held: [], credit: 2)), from: &sampler)
        #expect(beat.messages == [.heartbeatAck, .drain], "a lost Drain is said again")
        var late = harness.peer(.scorer, "late")
        let refused = harness.send(.hello(Harness.hello(.scorer, "late")), from: &late)
        guard case .reject(let rejection)? = refused.messages.first else {
            Issue.record("welcomed while draining")
            return
        }
        #expect(rejection == Rejection(reason: .finished, explanation: "the coordinator is stopping"))
        #expect(harness.send(.goodbye, from: &sampler).contains(.drained))
        #expect(!harness.handle(.tick).contains(.drained))
    }

    @Test func aPauseOfTheCoordinatorIsNobodysSilence() throws {
        var harness = try Harness(plan: FakeTasks.plan(fineTunesFirst: false))
        harness.start()
        let sampler = harness.join(.sampler, "s")
        let held = harness.granted(to: sampler)
        harness.now = harness.now.advanced(by: .seconds(60))
        #expect(harness.handle(.tick).notices.isEmpty)
        #expect(harness.granted(to: sampler) == held)
        let effects = harness.pass(.seconds(11))
        #expect(effects.notices.contains(.nodeLost(sampler.session, node: "s", .sampler, held: held.count)))
    }

    @Test func pausedLeasingLeasesNothing() throws {
        var harness = try Harness(plan: FakeTasks.plan(fineTunesFirst: false))
        harness.coordinator.isLeasingPaused = true
        harness.start()
        let sampler = harness.join(.sampler, "s")
        #expect(harness.granted(to: sampler).isEmpty)
        harness.coordinator.isLeasingPaused = false
        #expect(harness.handle(.tick).grants.count == 2)
    }
}
