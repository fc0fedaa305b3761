import Digests
import Testing

@testable import RolloutCore

@Suite struct ResultsTests {
    var harness: Harness
    var sampler: Harness.Peer
    let grant: Grant
    let result: TaskResult

    init() throws {
        harness = try Harness(plan: FakeTasks.plan(fineTunesFirst: false))
        harness.start()
        sampler = harness.join(.sampler, "s")
        grant = try #require(harness.granted(to: sampler).first)
        result = try #require(harness.result(grant))
    }

    var ack: CoordinatorMessage { .resultAck(ResultAck(task: grant.attempt.task, resultDigest: result.resultDigest)) }

    @Test mutating func aResultIsJournalledBeforeItIsAcknowledged() throws {
        let effects = harness.send(.result(result), from: &sampler)
        let journal = effects.firstIndex { if case .journal(.accepted, durable: false) = $0 { true } else { false } }
        let acknowledged = effects.firstIndex(of: .send(sampler.session, sampler.incarnation, ack))
        #expect(try #require(journal) < #require(acknowledged))
        #expect(effects.notices.contains(.accepted(grant.attempt, node: "s", late: false)))
    }

    @Test mutating func aRepeatedResultIsAcknowledgedAndRecordedOnce() {
        harness.send(.result(result), from: &sampler)
        let effects = harness.send(.result(result), from: &sampler)
        #expect(effects.messages == [ack] && effects.records.isEmpty)
        #expect(harness.coordinator.counters.duplicates == 1)
    }

    @Test mutating func aSecondDigestForTheSameInputStopsTheRun() {
        harness.send(.result(result), from: &sampler)
        var other = result
        guard case .sample(var trajectories) = other.output else { return }
        trajectories[0].logProbability = -99
        other.output = .sample(trajectories)
        other.resultDigest = other.output.digest
        let effects = harness.send(.result(other), from: &sampler)
        #expect(
            effects.halts == [
                .determinismViolation(
                    grant.attempt.task, first: result.resultDigest, second: other.resultDigest, node: "s")
            ])
        #expect(harness.handle(.tick).grants.isEmpty)
    }

    @Test mutating func aLateResultCountsAndTheNewHolderIsCancelled() {
        harness.coordinator.isLeasingPaused = true
        harness.send(.release([grant.attempt]), from: &sampler)
        harness.send(.heartbeat(Heartbeat(held: [], credit: 0)), from: &sampler)
        harness.coordinator.isLeasingPaused = false
        let other = harness.join(.sampler, "t")
        let again = Attempt(task: grant.attempt.task, attempt: 2)
        #expect(harness.coordinator.tasks[again.task]?.leases.map(\.holder) == [other.incarnation])
        let effects = harness.send(.result(result), from: &sampler)
        #expect(effects.notices.contains(.accepted(grant.attempt, node: "s", late: true)))
        #expect(effects.contains(.send(other.session, other.incarnation, .cancel([again]))))
        #expect(harness.coordinator.tasks[again.task]?.leases.isEmpty == true)
        #expect(!harness.granted(to: other).map(\.attempt).contains(again))
    }

    @Test mutating func aResultForAnotherInputChangesNothing() {
        var foreign = result
        foreign.inputDigest = Digest.of("other")
        let effects = harness.send(.result(foreign), from: &sampler)
        #expect(effects.records.isEmpty && effects.messages == [ack])
        #expect(harness.coordinator.counters.infrastructure.stale == 1)
    }

    @Test mutating func aWrongDigestOrShapeIsASystemFailure() {
        var wrong = result
        wrong.resultDigest = Digest.of("wrong")
        #expect(harness.send(.result(wrong), from: &sampler).records.isEmpty)
        guard case .sample(let trajectories) = result.output else { return }
        wrong.output = .sample(Array(trajectories.dropLast()))
        wrong.resultDigest = wrong.output.digest
        #expect(harness.send(.result(wrong), from: &sampler).records.isEmpty)
        #expect(harness.coordinator.counters.infrastructure.invalidResults == 2)
        #expect(harness.coordinator.tasks[grant.attempt.task]?.suspicions == 1, "the second was of no current lease")
        #expect(harness.coordinator.halted == nil)
    }

    func failure(_ attempt: UInt32, _ failureClass: TaskFailure.Class, _ explanation: String = "too long")
        -> NodeMessage
    {
        .failure(
            TaskFailure(
                attempt: Attempt(task: grant.attempt.task, attempt: attempt), inputDigest: grant.inputDigest,
                failureClass: failureClass, explanation: explanation))
    }

    @Test mutating func theSameFailureFromTwoNodesIsANullResult() throws {
        var other = harness.join(.sampler, "t", slots: 1, credit: 9)
        harness.send(failure(1, .deterministic), from: &sampler)
        harness.send(failure(1, .deterministic), from: &sampler)
        harness.pass(.seconds(1))
        let task = grant.attempt.task
        #expect(
            harness.coordinator.tasks[task]?.state == .leased(attempt: 2, holder: other.incarnation),
            "another node has to confirm it")
        let effects = harness.send(failure(2, .deterministic), from: &other)
        #expect(effects.records == [.nullResult(task, explanation: "too long")])
        #expect(harness.coordinator.tasks[task.sibling(.score)]?.state == .null)
        let counters = harness.coordinator.counters
        #expect(counters.data.nullResults == 1 && counters.data.deterministicFailures == 2)
        #expect(counters.data.unscored == 6 && counters.infrastructure == Counters.Infrastructure())
        #expect(harness.send(.result(result), from: &other).messages == [ack], "a null result is final")
    }

    @Test mutating func aLonelyNodeConfirmsItself() {
        harness.send(failure(1, .deterministic), from: &sampler)
        harness.pass(.seconds(1))
        let effects = harness.send(failure(2, .deterministic), from: &sampler)
        #expect(effects.records == [.nullResult(grant.attempt.task, explanation: "too long")])
    }

    /// A harness whose scorer holds the first score task.
    private func scoring() throws -> (harness: Harness, scorer: Harness.Peer, grant: Grant) {
        var harness = try Harness(plan: FakeTasks.plan(fineTunesFirst: false, prompts: 2, evaluated: [:]))
        harness.start()
        var sampler = harness.join(.sampler, "s", slots: 1, credit: 1)
        let scorer = harness.join(.scorer, "c", slots: 1, credit: 1)
        let sampled = try #require(harness.granted(to: sampler).first.flatMap { harness.result($0) })
        harness.send(.result(sampled), from: &sampler)
        return (harness, scorer, try #require(harness.granted(to: scorer).first))
    }

    private func scoringFailure(_ grant: Grant, _ words: String) -> NodeMessage {
        .failure(
            TaskFailure(
                attempt: grant.attempt, inputDigest: grant.inputDigest, failureClass: .deterministic,
                explanation: words))
    }

    @Test func aScoreTaskThatFailedIsLeasedToBeSettled() throws {
        var (harness, scorer, grant) = try scoring()
        #expect(!grant.settles)
        let effects = harness.send(scoringFailure(grant, "crashed, process 11"), from: &scorer)
        #expect(effects.records.isEmpty)
        harness.pass(.seconds(1))
        let again = try #require(harness.granted(to: scorer).first)
        #expect(again.settles && again.attempt.attempt == 2)
        // Scores without reward are a result like any other.
        var result = try #require(harness.result(again))
        guard case .score(let scores) = result.output else { return }
        result.output = .score(scores.map { Score(id: $0.id, reward: $0.id.sample == 0 ? nil : $0.reward) })
        result.resultDigest = result.output.digest
        guard case .accepted? = harness.send(.result(result), from: &scorer).records.first else {
            Issue.record("not accepted")
            return
        }
        #expect(harness.coordinator.counters.data.nullResults == 0)
        #expect(harness.coordinator.counters.data.unscored == scores.count { $0.id.sample == 0 })
    }

    @Test func aScoreTaskEndsWhenSettlingItFailsWhateverTheWords() throws {
        var (harness, scorer, grant) = try scoring()
        harness.send(scoringFailure(grant, "crashed, process 11"), from: &scorer)
        harness.pass(.seconds(1))
        let again = try #require(harness.granted(to: scorer).first)
        let effects = harness.send(scoringFailure(again, "crashed, process 12"), from: &scorer)
        #expect(effects.records == [.nullResult(grant.attempt.task, explanation: "crashed, process 12")])
        #expect(harness.coordinator.counters.data.nullResults == 1)
    }

    /// Two nodes may fail under leases from before anyone had failed: neither was to settle anything.
    @Test func earlierLeasesDoNotSettle() throws {
        var (harness, scorer, grant) = try scoring()
        harness.pass(.seconds(11))
        var other = harness.join(.scorer, "d", slots: 1, credit: 1)
        harness.pass(.seconds(1))
        let second = try #require(harness.granted(to: other).first { $0.attempt.task == grant.attempt.task })
        #expect(!second.settles)
        harness.send(.hello(Harness.hello(.scorer, "c", slots: 1, credit: 1)), from: &scorer)
        harness.send(scoringFailure(second, "crashed"), from: &other)
        var effects = harness.pass(.seconds(1))
        #expect(effects.records.isEmpty)
        let third = try #require(harness.granted(to: other).first { $0.attempt.task == grant.attempt.task })
        #expect(third.settles && third.attempt.attempt == 3)
        effects = harness.send(scoringFailure(third, "crashed"), from: &other)
        #expect(effects.records.count == 1)
    }

    @Test func fiveSystemFailuresQuarantineTheTask() throws {
        var harness = try Harness(plan: FakeTasks.plan(fineTunesFirst: false, prompts: 2, evaluated: [:]))
        harness.start()
        var sampler = harness.join(.sampler, "s", slots: 1, credit: 1)
        var halts: [Halt] = []
        for attempt in UInt32(1)...5 {
            #expect(halts.isEmpty)
            #expect(harness.granted(to: sampler).map(\.attempt.attempt) == [attempt])
            halts += harness.send(failure(attempt, .system, "out of memory"), from: &sampler).halts
            harness.pass(.seconds(6))
        }
        #expect(halts == [.quarantined(grant.attempt.task, explanation: "out of memory")])
        #expect(harness.coordinator.counters.infrastructure.systemFailures == 5)
        #expect(harness.coordinator.counters.data == Counters.Data())
    }

    @Test func aTrainingThatFailsTwiceTheSameWayHalts() throws {
        var harness = try Harness(plan: FakeTasks.plan())
        harness.start()
        harness.handle(.trainingSetStored(iteration: 0, BlobManifest(of: [1])))
        var learner = harness.join(.learner, "l")
        let grant = try #require(harness.granted(to: learner).first)
        var halts: [Halt] = []
        for attempt in UInt32(1)...2 {
            let failure = TaskFailure(
                attempt: Attempt(task: grant.attempt.task, attempt: attempt), inputDigest: grant.inputDigest,
                failureClass: .deterministic, explanation: "loss is not a number")
            halts += harness.send(.failure(failure), from: &learner).halts
            harness.pass(.seconds(1))
        }
        #expect(halts == [.trainingFailed(iteration: 0, explanation: "loss is not a number")])
        #expect(!harness.journal.contains { if case .nullResult = $0 { true } else { false } })
    }

    /// Of a program that trains otherwise each time, the first result whose weights arrive counts, and only then.
    @Test(arguments: [true, false]) func twoTrainingsOfOnePolicy(isRecordedOnly: Bool) throws {
        var harness = try Harness(plan: FakeTasks.plan(recordedOnly: isRecordedOnly ? [.train] : []))
        harness.start()
        harness.handle(.trainingSetStored(iteration: 0, BlobManifest(of: [1])))
        var first = harness.join(.learner, "l", slots: 1, credit: 1)
        let grant = try #require(harness.granted(to: first).first)
        let result = try #require(harness.result(grant))
        guard case .train(var trained) = result.output else { return }
        #expect(harness.send(.result(result), from: &first).halts.isEmpty)
        var second = harness.join(.learner, "m", slots: 1, credit: 1)
        trained.lastLoss += 1
        trained.policy.weights = Digest.of("others")
        let output = TaskOutput.train(trained)
        let other = TaskResult(
            attempt: Attempt(task: .train(0), attempt: 2), inputDigest: grant.inputDigest, resultDigest: output.digest,
            output: output, computeTime: .zero)
        let effects = harness.send(.result(other), from: &second)
        #expect(effects.halts.isEmpty == isRecordedOnly)
        guard isRecordedOnly else { return }
        #expect(effects.records.isEmpty && effects.messages.isEmpty, "one at a time: it is sent again")
        guard case .train(let kept) = result.output else { return }
        let stored = harness.handle(.policyStored(kept.policy))
        #expect(stored.records.contains(.policyCommitted(kept.policy)))
        // It comes again, and is known not to count.
        let again = harness.send(.result(other), from: &second)
        #expect(again.records.isEmpty && again.halts.isEmpty)
        #expect(again.messages == [.resultAck(ResultAck(task: .train(0), resultDigest: output.digest))])
    }
}
