import RolloutCore
import Testing

@testable import RunStore

@Suite struct RunReaderActivityTests {
    private let session = SessionID(rawValue: 1)
    private let task = TaskID(iteration: 1, split: .train, kind: .sample, index: 0)

    private func attempt(_ number: UInt32) -> Attempt { Attempt(task: task, attempt: number) }

    @Test func leasesAreThoseOfThisTermThatHaveNotEnded() throws {
        let run = try TemporaryRun()
        let clock = ManualClock(100)
        let journal = try run.journal(clock: clock.read)
        try SmallRun.begin(journal)
        try journal.append(.termStarted(Term(rawValue: 1)), durable: false)
        try journal.note([.leased(attempt(1), node: "a")])
        try journal.append(.termStarted(Term(rawValue: 2)), durable: false)
        try journal.note([.leased(attempt(2), node: "b"), .leased(attempt(3), node: "c")])
        try journal.note([.released(attempt(2), node: "b")])
        try journal.flush()
        clock.advance(by: 7)
        let reader = try RunReader(run.directory, clock: clock.read)
        #expect(try reader.leases(limit: 9) == [LeaseRow(attempt: attempt(3), node: "c", age: 7)])
        #expect(try reader.leases(limit: 0) == [])
        #expect(
            try reader.endings() == [
                EndingCount(kind: .sample, ending: "coordinator restarted", count: 1),
                EndingCount(kind: .sample, ending: "released", count: 1),
                EndingCount(kind: .sample, ending: "under way", count: 1),
            ])
    }

    @Test func aFinishedRunHasNoLeases() throws {
        let run = try TemporaryRun()
        let journal = try run.journal()
        try SmallRun.begin(journal)
        try journal.append(SmallRun.records(), durable: true)
        try journal.note([.leased(attempt(9), node: "a")])
        try journal.flush()
        #expect(try RunReader(run.directory).leases(limit: 9) == [])
    }

    @Test func eventsComeNewestFirstAPageAtATime() throws {
        let run = try TemporaryRun()
        let journal = try run.journal(clock: ManualClock(50).read)
        try SmallRun.begin(journal)
        try journal.append(.termStarted(Term(rawValue: 1)), durable: false)
        try journal.note([
            .nodeJoined(session, node: "a", .sampler, slots: 2), .leased(attempt(1), node: "a"),
            .leaseExpired(attempt(1), node: "a"), .nodeLost(session, node: "a", .sampler, held: 1),
        ])
        try journal.flush()
        let reader = try RunReader(run.directory)
        let first = try reader.events(limit: 2)
        #expect(first.map(\.event) == ["node lost", "expired"])
        #expect(first.map(\.attempt) == [nil, attempt(1)])
        #expect(first.map(\.at) == [50, 50])
        let rest = try reader.events(before: first.last?.id, limit: 2)
        #expect(rest.map(\.event) == ["node joined"])
        #expect(rest.map(\.detail) == ["sampler, 2 slots"])
        #expect(try reader.events(before: rest.last?.id, limit: 2) == [])
    }

    @Test func workIsCountedByNodeAndKind() throws {
        let run = try TemporaryRun()
        let journal = try run.journal(clock: ManualClock(50).read)
        try SmallRun.begin(journal)
        try journal.append(SmallRun.records(), durable: true)
        let work = try RunReader(run.directory).work()
        #expect(work.map(\.kind) == [.sample, .score, .train])
        #expect(work.map(\.tasks) == [5, 5, 2])
        // Six trajectories of the E-step and three of each evaluation, one token each.
        #expect(work.map(\.tokens) == [12, 0, 0])
        #expect(work.map(\.seconds) == [7.5, 7.5, 3])
        #expect(work.allSatisfy { $0.node == "sampler-1" && $0.last == 50 })
    }

    @Test func lossesAreThinnedAndEndWithTheLast() throws {
        let run = try TemporaryRun()
        let journal = try run.journal()
        try SmallRun.begin(journal)
        for step in UInt32(1)...103 {
            try journal.note([
                .trainProgress(
                    TrainProgress(
                        attempt: Attempt(task: .train(1), attempt: 1), step: step, steps: 103, loss: Double(step),
                        tokensPerSecond: 1))
            ])
        }
        try journal.flush()
        let reader = try RunReader(run.directory)
        let thinned = try reader.losses(points: 10)
        #expect(thinned.map(\.step) == [10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 103])
        #expect(thinned.map(\.loss) == thinned.map { Double($0.step) })
        #expect(try reader.losses(points: 1000).count == 103)
    }

    @Test func theVersionChangesWithEveryCommit() throws {
        let run = try TemporaryRun()
        let journal = try run.journal()
        try SmallRun.begin(journal)
        let reader = try RunReader(run.directory)
        let before = try reader.version()
        #expect(try reader.version() == before)
        try journal.append(.termStarted(Term(rawValue: 1)), durable: true)
        #expect(try reader.version() != before)
    }
}
