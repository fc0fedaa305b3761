import RolloutCore
import Testing

@testable import RunStore

@Suite struct RunReaderEvaluationsTests {
    @Test func meansBySplitAndTask() throws {
        let run = try TemporaryRun()
        let journal = try run.journal()
        try SmallRun.begin(journal)
        try journal.append(SmallRun.records(), durable: true)
        let rows = try RunReader(run.directory).evaluations()
        #expect(rows.map(\.policy) == [0, 0, 0, 1, 1, 1])
        #expect(rows.map(\.group) == [nil, "product_review", "topic_writing", nil, "product_review", "topic_writing"])
        // Rewards of policy 0 are 0.2, malformed and 0.4; of policy 1 they are 0.8, malformed and none.
        let means = [0.2, 0, 0.3, 0.4, 0, 0.8]
        for (row, mean) in zip(rows, means) { #expect(row.meanReward.map { abs($0 - mean) < 1e-12 } == true) }
        #expect(rows.map(\.count) == [3, 1, 2, 2, 1, 1])
        #expect(rows.map(\.malformed) == [1, 1, 0, 1, 1, 0])
        #expect(rows.map(\.unscored) == [0, 0, 0, 1, 0, 1])
        #expect(rows.allSatisfy { $0.isComplete })
        // Sample variance of 0, 0.2, 0.4 is 0.04.
        #expect(rows[0].standardError.map { abs($0 - (0.04 / 3).squareRoot()) < 1e-9 } == true)
        #expect(rows[1].standardError == nil)
    }

    @Test func saysWhenOneIsNotComplete() throws {
        let run = try TemporaryRun()
        let journal = try run.journal()
        try SmallRun.begin(journal)
        let records = SmallRun.evaluation(0, rewards: [0.2, 0.4], node: "a")
        try journal.append(Array(records.prefix(3)), durable: true)
        let reader = try RunReader(run.directory)
        #expect(try reader.evaluations().allSatisfy { !$0.isComplete })
        try journal.append(records[3], durable: true)
        #expect(try reader.evaluations().allSatisfy { $0.isComplete })
    }
}
