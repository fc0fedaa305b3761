import GRDB
public import RolloutCore

/// A trajectory with everything a person wants to see beside it.
public struct TrajectoryView: Sendable, Equatable {
    /// The iteration of its task (see `TaskID`).
    public var iteration: UInt32
    /// The split.
    public var split: Split
    /// Which trajectory.
    public var id: TrajectoryID
    /// What it answers.
    public var prompt: PromptRow
    /// Index of the task it was sampled in.
    public var task: UInt32
    /// Generated tokens, without the stop token.
    public var tokens: [Int32]
    /// Text before the answer marker.
    public var reasoning: String
    /// The answer; nil when there is none.
    public var answer: String?
    /// `stop` or `length`.
    public var stop: String
    /// Sum of the tokens' log-probabilities.
    public var logProbability: Double?
    /// Its reward; 0 when malformed, nil while there is none.
    public var reward: Double?
    /// The node that sampled it.
    public var node: String
    /// In which attempt at its task.
    public var attempt: UInt32
    /// One of `TrajectoryFilter.outcomes`.
    public var outcome: String
}

/// Which trajectories, in which order.
public struct TrajectoryFilter: Sendable, Equatable {
    /// The orders.
    public enum Order: String, Sendable, CaseIterable {
        /// Highest reward first.
        case best
        /// Lowest reward first.
        case worst
        /// By prompt, then sample.
        case prompt
    }
    /// What becomes of trajectories: in the E-step's selection; before it and in evaluations, with a reward and without.
    public static let outcomes = [
        "kept", "below threshold", "over cap", "duplicate", "malformed", "unscored", "scored", "awaited",
    ]

    /// Nil for the last iteration that has any in the split.
    public var iteration: UInt32?
    /// The split.
    public var split = Split.train
    /// Only those of this prompt.
    public var prompt: UInt32?
    /// Only those of this task of the data.
    public var group: String?
    /// Only those with this outcome.
    public var outcome: String?
    /// The order.
    public var order = Order.prompt
    /// How many at most.
    public var limit = 10

    /// The first ten of the last E-step.
    public init() {}
}

extension RunReader {
    /// Trajectories by a filter. Those without a reward come last.
    ///
    /// - Throws: `RunStoreError` when the journal cannot be read.
    public func trajectories(_ filter: TrajectoryFilter) throws(RunStoreError) -> [TrajectoryView] {
        try read { db in
            let last = try Int64.fetchOne(
                db, sql: "SELECT max(iteration) FROM trajectories WHERE split = ?", arguments: [filter.split.column])
            guard let iteration = filter.iteration.map({ Int64($0) }) ?? last else { return [] }
            var conditions = ["v.iteration = ?", "v.split = ?"]
            var arguments: StatementArguments = [iteration, filter.split.column]
            func require(_ condition: String, _ value: (any DatabaseValueConvertible)?) {
                guard let value else { return }
                conditions.append(condition)
                arguments += [value]
            }
            require("v.prompt = ?", filter.prompt.map { Int64($0) })
            require("v.task = ?", filter.group)
            require("v.outcome = ?", filter.outcome)
            let order =
                switch filter.order {
                case .best: "v.reward IS NULL, v.reward DESC, v.prompt, v.sample"
                case .worst: "v.reward IS NULL, v.reward, v.prompt, v.sample"
                case .prompt: "v.prompt, v.sample"
                }
            arguments += [max(0, filter.limit)]
            let sql = Self.views + " WHERE \(conditions.joined(separator: " AND ")) ORDER BY \(order) LIMIT ?"
            return try Self.rows(db, "trajectories", sql, arguments).map(Self.view)
        }
    }

    /// Gives `body` every trajectory of an iteration's E-step in order, for export: all of them, or those the iteration kept,
    /// which an earlier one may have drawn (`RunPlan.iterationsPerSampling`).
    ///
    /// - Throws: `RunStoreError` when the journal cannot be read, and what `body` throws, as a sentence.
    public func export(
        iteration: UInt32, split: Split = .train, onlyKept: Bool, _ body: (TrajectoryView) throws -> Void
    ) throws(RunStoreError) {
        try read { db in
            let kept = """
                 JOIN selections s ON v.split = 'train' AND s.iteration = ? AND s.prompt = v.prompt
                  AND s.sample = v.sample
                """
            let drawn = "(SELECT max(iteration) FROM trajectories WHERE split = ? AND iteration <= ?)"
            let sql =
                Self.views + (onlyKept ? kept : "") + " WHERE v.iteration = \(onlyKept ? drawn : "?") AND v.split = ?"
                + " ORDER BY v.prompt, v.sample"
            let number = Int64(iteration)
            let arguments: StatementArguments =
                onlyKept ? [number, split.column, number, split.column] : [number, split.column]
            let cursor = try Row.fetchCursor(db, sql: sql, arguments: arguments)
            while let row = try cursor.next() { try body(Self.view(StoredRow(row: row, table: "trajectories"))) }
        }
    }

    /// Iterations that have trajectories in a split, ascending.
    ///
    /// - Throws: `RunStoreError` when the journal cannot be read.
    public func iterations(of split: Split = .train) throws(RunStoreError) -> [UInt32] {
        try read { db in
            let sql = "SELECT DISTINCT iteration FROM trajectories WHERE split = ? ORDER BY iteration"
            return try Self.rows(db, "trajectories", sql, [split.column]).map { try $0.small("iteration") }
        }
    }

    private static let views = """
        SELECT v.*, t.task AS task_index, t.tokens, p.input, p.text, p.reference, p.documents, p.profile,
          coalesce(n.text, p.rationale) AS rationale
        FROM results v JOIN trajectories t ON t.iteration = v.iteration AND t.split = v.split
          AND t.prompt = v.prompt AND t.sample = v.sample
        JOIN prompts p ON p.split = v.split AND p.prompt = v.prompt
        LEFT JOIN rationales n ON v.split = 'train' AND n.prompt = v.prompt
        """

    private static func view(_ row: StoredRow) throws -> TrajectoryView {
        guard let tokens = Tokens.tokens(try row.data("tokens")) else { throw row.damaged("tokens") }
        let split = try row.split()
        let id = TrajectoryID(prompt: try row.small("prompt"), sample: try row.small("sample"))
        return TrajectoryView(
            iteration: try row.small("iteration"), split: split, id: id,
            prompt: PromptRow(
                split: split, index: id.prompt, task: try row.text("task"), user: try row.text("user"),
                example: try row.text("example"), input: try row.text("input"), text: try row.text("text"),
                reference: try row.text("reference"), documents: try row.text("documents"),
                profile: try row.text("profile"), rationale: try row.optionalText("rationale")),
            task: try row.small("task_index"), tokens: tokens, reasoning: try row.text("reasoning"),
            answer: try row.optionalText("answer"),
            stop: try row.text("stop"), logProbability: try row.optionalNumber("logprob"),
            reward: try row.optionalNumber("reward"), node: try row.text("node"), attempt: try row.small("attempt"),
            outcome: try row.text("outcome"))
    }
}
