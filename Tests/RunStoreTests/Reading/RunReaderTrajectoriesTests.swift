import RolloutCore
import Testing

@testable import RunStore

@Suite struct RunReaderTrajectoriesTests {
    private func reader(_ records: [Record]) throws -> (TemporaryRun, RunReader) {
        let run = try TemporaryRun()
        let journal = try run.journal()
        try SmallRun.begin(journal)
        try journal.append(records, durable: true)
        return (run, try RunReader(run.directory))
    }

    @Test func saysWhatBecameOfEach() throws {
        let (run, reader) = try reader(SmallRun.records())
        let outcomes = try reader.trajectories(TrajectoryFilter()).map(\.outcome)
        #expect(outcomes == ["over cap", "kept", "duplicate", "malformed", "below threshold", "unscored"])
        let counted = try reader.query("SELECT outcome, count(*) FROM results WHERE split = 'train' GROUP BY 1").rows
        #expect(counted.count == 6)
        withExtendedLifetime(run) {}
    }

    @Test func beforeTheSealNothingIsSelected() throws {
        let (run, reader) = try reader(SmallRun.expectation(node: "a"))
        let outcomes = try reader.trajectories(TrajectoryFilter()).map(\.outcome)
        #expect(outcomes == ["scored", "scored", "duplicate", "malformed", "scored", "unscored"])
        let (early, first) = try self.reader([SmallRun.expectation(node: "a")[0]])
        #expect(try first.trajectories(TrajectoryFilter()).map(\.outcome).filter { $0 == "awaited" }.count == 4)
        withExtendedLifetime((run, early)) {}
    }

    @Test func ordersAndFilters() throws {
        let (run, reader) = try reader(SmallRun.records())
        var filter = TrajectoryFilter()
        filter.order = .best
        filter.limit = 2
        #expect(try reader.trajectories(filter).map(\.reward) == [0.9, 0.6])
        filter.order = .worst
        #expect(try reader.trajectories(filter).map(\.reward) == [0, 0.2])
        filter.limit = 10
        #expect(try reader.trajectories(filter).last?.reward == nil)
        filter.prompt = 1
        filter.order = .prompt
        #expect(try reader.trajectories(filter).map(\.id.sample) == [0, 1, 2])
        filter.group = "topic_writing"
        #expect(try reader.trajectories(filter).isEmpty)
        filter = TrajectoryFilter()
        filter.split = .validation
        #expect(try reader.trajectories(filter).map(\.iteration) == [1, 1, 1])
        filter.iteration = 0
        filter.outcome = "malformed"
        let found = try reader.trajectories(filter)
        #expect(found.map(\.id) == [TrajectoryID(prompt: 1, sample: 0)])
        #expect(found.first?.prompt == SmallRun.prompts.first { $0.split == .validation && $0.index == 1 })
        #expect(found.first?.tokens == [2])
        withExtendedLifetime(run) {}
    }

    @Test func exportsInOrder() throws {
        let (run, reader) = try reader(SmallRun.records())
        var all: [TrajectoryID] = []
        try reader.export(iteration: 1, onlyKept: false) { all.append($0.id) }
        #expect(all.count == 6)
        #expect(all == all.sorted())
        var kept: [TrajectoryView] = []
        try reader.export(iteration: 1, onlyKept: true) { kept.append($0) }
        #expect(kept.map(\.answer) == ["better"])
        #expect(kept.map(\.reward) == [0.9])
        #expect(try reader.iterations() == [1])
        #expect(try reader.iterations(of: .validation) == [0, 1])
        withExtendedLifetime(run) {}
    }
}
