import GRDB
public import RolloutCore

/// How many trajectories have a reward between two steps of a range, or a length.
public struct BinCount: Sendable, Equatable {
    /// The iteration of an E-step, or the version of an evaluated policy.
    public var iteration: UInt32
    /// The task of the data.
    public var group: String
    /// Index of the bin, or the length in tokens.
    public var bin: Int
    /// How many.
    public var count: Int
}

extension RunReader {
    /// The lowest and the highest reward of the E-steps, malformed trajectories (0) included; nil while there is none.
    ///
    /// - Throws: `RunStoreError` when the journal cannot be read.
    public func rewardRange() throws(RunStoreError) -> ClosedRange<Double>? {
        let sql = """
            SELECT min(reward) AS lower, max(reward) AS upper,
              EXISTS (SELECT 1 FROM trajectories WHERE split = 'train' AND answer IS NULL) AS malformed
            FROM rewards WHERE split = 'train' AND typeof(reward) IN ('real', 'integer') AND abs(reward) < 1e308
            """
        return try read { db in
            guard let row = try Self.rows(db, "rewards", sql).first else { return nil }
            let zero: [Double] = try row.integer("malformed") == 1 ? [0] : []
            let found = try zero + ["lower", "upper"].compactMap { try row.optionalNumber($0) }
            guard let lower = found.min(), let upper = found.max() else { return nil }
            return lower...upper
        }
    }

    /// Rewards of the E-steps by iteration, task and bin of `range`, malformed trajectories as 0; what lies outside goes to
    /// the nearest bin. Bins without any are left out.
    ///
    /// - Throws: `RunStoreError` when the journal cannot be read.
    public func rewardCounts(in range: ClosedRange<Double>, bins: Int) throws(RunStoreError) -> [BinCount] {
        let sql = """
            SELECT iteration, task, max(0, min(?, CAST((reward - ?) / ? * ? AS INTEGER))) AS bin, count(*) AS count
            FROM (
              SELECT t.iteration, p.task, CASE WHEN t.answer IS NULL THEN 0.0 ELSE r.reward END AS reward
              FROM trajectories t JOIN prompts p ON p.split = t.split AND p.prompt = t.prompt
              LEFT JOIN rewards r ON r.iteration = t.iteration AND r.split = t.split AND r.prompt = t.prompt
                AND r.sample = t.sample
              WHERE t.split = 'train')
            WHERE typeof(reward) IN ('real', 'integer')
            GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
            """
        let width = range.upperBound - range.lowerBound
        return try read { db in
            // A range without width has one bin.
            let arguments: StatementArguments = [
                bins - 1, range.lowerBound, width > 0 ? width : 1, width > 0 ? Double(bins) : 0,
            ]
            return try Self.rows(db, "rewards", sql, arguments).map(Self.bin)
        }
    }

    /// Lengths in tokens by task: of an E-step's trajectories by iteration, or of the first decoding's outputs by policy.
    ///
    /// - Throws: `RunStoreError` when the journal cannot be read.
    public func lengthCounts(of split: Split) throws(RunStoreError) -> [BinCount] {
        let sql = """
            SELECT t.iteration, p.task, t.token_count AS bin, count(*) AS count
            FROM trajectories t JOIN prompts p ON p.split = t.split AND p.prompt = t.prompt
            WHERE t.split = ? AND (t.split = 'train' OR t.sample < (SELECT samples FROM decodings WHERE decoding = 0))
            GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
            """
        return try read { db in try Self.rows(db, "trajectories", sql, [split.column]).map(Self.bin) }
    }

    private static func bin(_ row: StoredRow) throws -> BinCount {
        BinCount(
            iteration: try row.small("iteration"), group: try row.text("task"), bin: try row.count("bin"),
            count: try row.count("count"))
    }
}
