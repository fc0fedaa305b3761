import Testing

@testable import Transformer

struct ShardPlanTests {
    @Test func balancesByRowsLongestFirst() {
        let plan = ShardPlan(rows: [10, 30, 20, 40], shardCount: 2, maxRows: 1000)
        #expect(plan.shards == [[[3, 0]], [[1, 2]]])
    }

    @Test func tiesGoToTheLowerIndex() {
        let plan = ShardPlan(rows: [5, 5, 5], shardCount: 2, maxRows: 1000)
        #expect(plan.shards == [[[0, 2]], [[1]]])
    }

    @Test func microBatchesHoldAtMostTheGivenRows() {
        let plan = ShardPlan(rows: [7, 3, 4, 2, 12], shardCount: 1, maxRows: 10)
        #expect(plan.shards == [[[4], [0], [2, 1, 3]]])
    }

    @Test func leavesShardsEmptyAndSkipsRowlessExamples() {
        #expect(ShardPlan(rows: [0, 4], shardCount: 3, maxRows: 10).shards == [[[1]], [], []])
    }
}
