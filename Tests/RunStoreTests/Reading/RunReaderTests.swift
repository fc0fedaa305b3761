import Digests
import Foundation
import RolloutCore
import Testing

@testable import RunStore

@Suite struct RunReaderTests {
    @Test func needsAJournal() throws {
        let run = try TemporaryRun()
        let error = #expect(throws: RunStoreError.self) { _ = try RunReader(run.directory) }
        #expect(error?.kind == .missing)
        let journal = try run.journal()
        let early = #expect(throws: RunStoreError.self) { _ = try RunReader(run.directory).summary() }
        #expect(early?.kind == .missing)
        withExtendedLifetime(journal) {}
    }

    @Test func seesWhatIsCommittedWhileItIsWritten() throws {
        let run = try TemporaryRun()
        let journal = try run.journal()
        try SmallRun.begin(journal)
        let reader = try RunReader(run.directory)
        for record in SmallRun.records() {
            try journal.append(record, durable: true)
            // What it keeps of earlier looks is what is there.
            let (kept, fresh) = (try reader.summary(), try RunReader(run.directory).summary())
            #expect(kept.rewards == fresh.rewards)
            #expect(kept.sealed == fresh.sealed)
        }
        #expect(try reader.summary().sealed == [SmallRun.sealed])
        #expect(try reader.isFinished())
    }

    @Test func readsWhatAKilledCoordinatorLeft() throws {
        let run = try TemporaryRun()
        let journal = try run.journal()
        try SmallRun.begin(journal)
        try journal.append(SmallRun.records(), durable: true)
        let reader = try RunReader(run.afterCrash())
        #expect(try reader.isFinished())
        #expect(try reader.identity() == RunReader(run.directory).identity())
        withExtendedLifetime(journal) {}
    }

    @Test func knowsWhenItsRunIsGoneOrAnothers() throws {
        let run = try TemporaryRun()
        let journal = try run.journal()
        try SmallRun.begin(journal)
        try journal.append(SmallRun.records(), durable: true)
        try journal.close()
        let reader = try RunReader(run.directory)
        #expect(reader.isThere)
        let file = run.directory.database
        try FileManager.default.copyItem(atPath: file, toPath: file + ".copy")
        try FileManager.default.removeItem(atPath: file)
        #expect(!reader.isThere)
        try FileManager.default.moveItem(atPath: file + ".copy", toPath: file)
        #expect(!reader.isThere)
        #expect(try RunReader(run.directory).isThere)
    }

    @Test func summarises() throws {
        let run = try TemporaryRun()
        let clock = ManualClock(1000)
        let journal = try run.journal(clock: clock.read)
        try SmallRun.begin(journal)
        for record in SmallRun.records() {
            clock.advance(by: 1)
            try journal.append(record, durable: true)
        }
        let summary = try RunReader(run.directory, clock: clock.read).summary()
        #expect(summary.mode == "rest-pg")
        #expect(summary.iterations == 1)
        #expect(summary.phase == nil)
        #expect(summary.bestPolicy == 1)
        #expect(summary.elapsed == Double(SmallRun.records().count))
        #expect(summary.progress.allSatisfy { $0.done == $0.total })
        #expect(summary.progress.map(\.total) == [1, 2, 2, 1, 1, 1, 2, 2])
        let evaluation = summary.progress.first {
            $0.group == TaskGroup(iteration: 0, split: .validation, kind: .sample)
        }
        #expect(evaluation?.seconds == 2)
        #expect(evaluation?.rate == 1)
        let train = summary.rewards.first { $0.split == .train }
        #expect(train?.trajectories == 6)
        #expect(train?.judged == 5)
        #expect(train?.malformed == 1)
        #expect(train?.mean.map { abs($0 - 2.3 / 5) < 1e-12 } == true)
        #expect(summary.sealed == [SmallRun.sealed])
        #expect(summary.policies.map(\.version) == [0, 1])
        #expect(summary.policies.map(\.fullBytes) == [1000, 1000])
        #expect(summary.policies.map(\.deltaBytes) == [100, 100])
        #expect(summary.policies.map(\.seconds) == [1.5, 1.5])
    }

    @Test func zerosOfMalformedOutputsAloneAreNoMean() throws {
        let run = try TemporaryRun()
        let journal = try run.journal()
        try SmallRun.begin(journal)
        let drawn = SmallRun.evaluation(0, rewards: [0.2, 0.4], node: "sampler-1")
        func rewards() throws -> RunSummary.Rewards? {
            try RunReader(run.directory).summary().rewards.first { $0.split == .validation }
        }
        // One answer waits for its scorer, beside one that is malformed.
        try journal.append(drawn[0], durable: true)
        #expect(try rewards()?.judged == 1 && rewards()?.mean == nil)
        try journal.append(drawn[1], durable: true)
        #expect(try rewards()?.mean == 0.1)
    }

    @Test func aGroupWhoseSampleTaskHasNoResultIsComplete() throws {
        let run = try TemporaryRun()
        let journal = try run.journal()
        try SmallRun.begin(journal)
        let task = TaskID(iteration: 1, split: .train, kind: .sample, index: 0)
        try journal.append(.nullResult(task, explanation: "too long"), durable: true)
        let progress = try RunReader(run.directory).summary().progress.filter {
            $0.group.split == .train && $0.group.kind != .train
        }
        #expect(progress.map(\.done) == [1, 1])
        #expect(progress.map(\.null) == [1, 1])
    }
}
