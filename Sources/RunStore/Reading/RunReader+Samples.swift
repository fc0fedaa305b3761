import GRDB
public import RolloutCore

/// The samples of one prompt, in order.
public struct PromptSamples: Sendable, Equatable {
    /// Index of the prompt in its split.
    public var prompt: UInt32
    /// The task of the data.
    public var group: String
    /// The answers; nil where there is none.
    public var answers: [String?]
    /// The rewards, 0 where there is no answer; nil where there is none.
    public var rewards: [Double?]

    /// Creates the value from its parts.
    public init(prompt: UInt32, group: String, answers: [String?], rewards: [Double?]) {
        self.prompt = prompt
        self.group = group
        self.answers = answers
        self.rewards = rewards
    }
}

extension RunReader {
    /// Gives `body` the samples of every `step`-th prompt, one prompt at a time, so that memory does not grow with the run.
    ///
    /// - Parameters:
    ///   - iteration: of an E-step; of an evaluation, the policy's version.
    ///   - decoding: of an evaluation; of an E-step all samples are given.
    /// - Throws: `RunStoreError` when the journal cannot be read, and what `body` throws, as a sentence.
    public func samples(
        iteration: UInt32, split: Split, decoding: UInt32 = 0, every step: Int = 1,
        _ body: (PromptSamples) throws -> Void
    ) throws(RunStoreError) {
        let sql = """
            SELECT t.prompt, p.task, t.answer, CASE WHEN t.answer IS NULL THEN 0.0 ELSE r.reward END AS reward
            FROM prompts p JOIN trajectories t ON t.iteration = ? AND t.split = p.split AND t.prompt = p.prompt
            LEFT JOIN rewards r ON r.iteration = t.iteration AND r.split = t.split AND r.prompt = t.prompt
              AND r.sample = t.sample
            LEFT JOIN decodings d ON d.decoding = ?
            WHERE p.split = ? AND p.prompt % ? = 0
              AND (p.split = 'train' OR (t.sample >= d.first_sample AND t.sample < d.first_sample + d.samples))
            ORDER BY t.prompt, t.sample
            """
        try read { db in
            let arguments: StatementArguments = [Int64(iteration), Int64(decoding), split.column, max(1, step)]
            let rows = try Row.fetchCursor(db, sql: sql, arguments: arguments)
            var current: PromptSamples?
            while let row = try rows.next() {
                let row = StoredRow(row: row, table: "trajectories")
                let prompt = try row.small("prompt")
                if let finished = current, finished.prompt != prompt {
                    try body(finished)
                    current = nil
                }
                var samples =
                    try current ?? PromptSamples(prompt: prompt, group: row.text("task"), answers: [], rewards: [])
                samples.answers.append(try row.optionalText("answer"))
                samples.rewards.append(try row.optionalNumber("reward"))
                current = samples
            }
            if let current { try body(current) }
        }
    }

    /// Mean reward of every prompt of an E-step, malformed trajectories as 0, in prompt order; prompts of which nothing was
    /// scored are left out.
    ///
    /// - Throws: `RunStoreError` when the journal cannot be read.
    public func expectationScores(iteration: UInt32) throws(RunStoreError) -> [PromptScore] {
        let sql = """
            SELECT t.prompt, p.task, p.example, avg(CASE WHEN t.answer IS NULL THEN 0.0 ELSE r.reward END) AS mean
            FROM trajectories t JOIN prompts p ON p.split = t.split AND p.prompt = t.prompt
            LEFT JOIN rewards r ON r.iteration = t.iteration AND r.split = t.split AND r.prompt = t.prompt
              AND r.sample = t.sample
            WHERE t.iteration = ? AND t.split = 'train'
            GROUP BY t.prompt HAVING mean IS NOT NULL ORDER BY t.prompt
            """
        return try read { db in try Self.rows(db, "trajectories", sql, [Int64(iteration)]).map(PromptScore.init) }
    }
}
