import GRDB
public import RolloutCore

/// What one policy got for one prompt.
public struct PromptScore: Sendable, Equatable {
    /// Index of the prompt in its split.
    public var prompt: UInt32
    /// The task of the data.
    public var group: String
    /// Id of the row, unique in its task.
    public var example: String
    /// Mean reward over the decoding's samples, malformed ones as 0.
    public var reward: Double

    /// Creates the value from its parts.
    public init(prompt: UInt32, group: String, example: String, reward: Double) {
        self.prompt = prompt
        self.group = group
        self.example = example
        self.reward = reward
    }
}

extension RunReader {
    /// A policy's rewards on a split under one decoding, in prompt order; prompts of which nothing was scored are left out.
    ///
    /// - Throws: `RunStoreError` when the journal cannot be read.
    public func scores(policy: UInt32, split: Split, decoding: UInt32 = 0) throws(RunStoreError) -> [PromptScore] {
        let sql = """
            SELECT t.prompt, p.task, p.example, avg(CASE WHEN t.answer IS NULL THEN 0.0 ELSE r.reward END) AS mean
            FROM trajectories t JOIN prompts p ON p.split = t.split AND p.prompt = t.prompt
            JOIN decodings d ON d.decoding = ? AND t.sample >= d.first_sample AND t.sample < d.first_sample + d.samples
            LEFT JOIN rewards r ON r.iteration = t.iteration AND r.split = t.split AND r.prompt = t.prompt
              AND r.sample = t.sample
            WHERE t.iteration = ? AND t.split = ?
            GROUP BY t.prompt HAVING mean IS NOT NULL ORDER BY t.prompt
            """
        return try read { db in
            try Self.rows(db, "trajectories", sql, [Int64(decoding), Int64(policy), split.column]).map(PromptScore.init)
        }
    }
}

extension PromptScore {
    init(_ row: StoredRow) throws {
        self.init(
            prompt: try row.small("prompt"), group: try row.text("task"), example: try row.text("example"),
            reward: try row.number("mean"))
    }
}
