import Digests
import Testing

@testable import RolloutCore

/// Reasoning paths are written before the fine-tuning and sealed like an E-step.
@Suite struct RationalesTests {
    let plan = FakeTasks.plan(iterations: 1, writesRationales: true)

    @Test func tasksCoverTheTrainingPromptsOnceBeforeAnyTraining() {
        #expect(plan.taskCount(.rationales) == 4)
        #expect(plan.contains(TaskGroup.rationales.task(3)) && !plan.contains(TaskGroup.rationales.task(4)))
        #expect(!plan.contains(TaskID(iteration: 1, split: .train, kind: .rationale, index: 0)))
        #expect(!plan.contains(TaskID(iteration: 0, split: .validation, kind: .rationale, index: 0)))
        #expect(!FakeTasks.plan().contains(TaskGroup.rationales.task(0)))
        #expect(Schedule(plan: plan).stage == .rationalizing)
    }

    @Test func theSealIsDurableAndComesBeforeTheTrainingSet() throws {
        var harness = try Harness(plan: plan)
        #expect(!harness.start().contains(.storeTrainingSet(iteration: 0)))
        #expect(harness.coordinator.phase == .rationalizing)
        var sampler = harness.join(.sampler, "s", credit: 4)
        let grants = harness.granted(to: sampler)
        #expect(grants.map(\.attempt.task.kind) == Array(repeating: .rationale, count: 4))
        var effects: [CoordinatorEffect] = []
        for grant in grants {
            #expect(!effects.contains(.storeTrainingSet(iteration: 0)))
            effects = harness.send(.result(try #require(harness.result(grant))), from: &sampler)
        }
        let seal = effects.firstIndex {
            if case .journal(.rationalesSealed, durable: true) = $0 { true } else { false }
        }
        let store = effects.firstIndex(of: .storeTrainingSet(iteration: 0))
        #expect(try #require(seal) < #require(store))
        // Of eight prompts 0, 3 and 6 came from the profile, and the odd ones had a leak before.
        let counts = try #require(harness.coordinator.schedule.rationales).counts
        #expect((counts.written, counts.profile, counts.none, counts.failed) == (5, 3, 0, 0))
        #expect(counts.leaks == 4)
        // A journal that seals something else is refused.
        var forged = harness.journal
        let index = try #require(forged.firstIndex { if case .rationalesSealed = $0 { true } else { false } })
        forged[index] = .rationalesSealed(SealedRationales(root: .zero, counts: counts))
        #expect(throws: RecoveryError.self) { try Harness(plan: plan, term: 2, recovered: forged) }
        #expect(
            try Harness(plan: plan, term: 2, recovered: harness.journal).coordinator.phase == .training(iteration: 0))
    }

    @Test func whatFailsEverywhereIsCountedAndFaultsChangeNothing() {
        let calm = MiniCluster(plan: plan, seed: 5)
        calm.run()
        let sealed = calm.journal.compactMap { if case .rationalesSealed(let sealed) = $0 { sealed } else { nil } }
        #expect(sealed.map(\.counts.failed) == [2], "the task of prompts 2 and 3 fails on every node")
        #expect(calm.outcome != nil)
        var random = SplitMix(seed: 11)
        for seed in UInt64(1)...6 {
            let rough = MiniCluster(plan: plan, seed: seed, faults: .drawn(from: &random))
            rough.run()
            #expect(rough.outcome == calm.outcome, "seed \(seed)")
            #expect(
                rough.journal.compactMap { if case .rationalesSealed(let sealed) = $0 { sealed } else { nil } }
                    == sealed,
                "seed \(seed)")
        }
    }

    @Test func aRecordedAnswerOfAnOutsideProgramStands() throws {
        for (recordedOnly, halts) in [(Set<TaskKind>(), 1), ([.rationale], 0)] {
            var harness = try Harness(plan: FakeTasks.plan(writesRationales: true, recordedOnly: recordedOnly))
            harness.start()
            var sampler = harness.join(.sampler, "s")
            let grant = try #require(harness.granted(to: sampler).first)
            let result = try #require(harness.result(grant))
            harness.send(.result(result), from: &sampler)
            var other = result
            guard case .rationale(var rationales) = other.output else { return }
            rationales[0].text = "- other"
            other.output = .rationale(rationales)
            other.resultDigest = other.output.digest
            let effects = harness.send(.result(other), from: &sampler)
            #expect(effects.halts.count == halts)
            #expect(effects.messages.contains { if case .resultAck = $0 { true } else { false } })
            #expect(harness.accepted[grant.attempt.task] == result.output)
        }
    }
}
