/// Divides the examples of one optimiser step into gradient shards, and each shard into micro-batches.
///
/// Floating-point sums depend on their order, so which example is summed where must not depend on how many threads
/// happen to run. The plan therefore is a function of the examples' lengths and the recipe alone: longest first, each
/// to the shard with the fewest rows so far (ties: lower index), so that two threads finish together. Micro-batches
/// fill up to `maxTokens` rows.
struct ShardPlan: Equatable {
    /// `shards[s][m]`: the indices of the examples of micro-batch m of shard s.
    var shards: [[[Int]]]

    /// - Parameters:
    ///   - rows: rows of each example, by index within the batch.
    ///   - shardCount: number of shards; some stay empty when there are fewer examples.
    ///   - maxRows: most rows of a micro-batch that has more than one example.
    init(rows: [Int], shardCount: Int, maxRows: Int) {
        let order = rows.indices.sorted { (rows[$1], $0) < (rows[$0], $1) }
        var loads = [Int](repeating: 0, count: shardCount)
        var members = [[Int]](repeating: [], count: shardCount)
        for index in order where rows[index] > 0 {
            var least = 0
            for shard in 1..<max(1, shardCount) where loads[shard] < loads[least] { least = shard }
            loads[least] += rows[index]
            members[least].append(index)
        }
        shards = members.map { Self.microBatches(of: $0, rows: rows, maxRows: maxRows) }
    }

    private static func microBatches(of members: [Int], rows: [Int], maxRows: Int) -> [[Int]] {
        var batches: [[Int]] = []
        var filled = 0
        for index in members {
            if batches.isEmpty || filled + rows[index] > maxRows {
                batches.append([])
                filled = 0
            }
            batches[batches.count - 1].append(index)
            filled += rows[index]
        }
        return batches
    }

    /// Rows of the largest micro-batch that this recipe can make of these examples.
    static func largestMicroBatch(rows: [Int], maxRows: Int) -> Int {
        let longest = rows.max() ?? 0
        let total = rows.reduce(0) { min($0 + $1, maxRows) }
        return max(longest, total)
    }
}
