public import RolloutCore

/// Mean reward of a policy on a split under one decoding, or on one task of the data in it.
public struct EvaluationRow: Sendable, Equatable {
    /// Version of the policy.
    public var policy: UInt32
    /// The split.
    public var split: Split
    /// Index of the decoding, in the configuration's order; 0 decides which policy is best.
    public var decoding: UInt32
    /// The decoding as people know it.
    public var decodingName: String
    /// The task of the data; nil for the whole split.
    public var group: String?
    /// Mean over scored outputs, malformed ones as 0; nil when there are none yet.
    public var meanReward: Double?
    /// Standard error of that mean; nil for fewer than two.
    public var standardError: Double?
    /// Outputs in the mean.
    public var count: Int
    /// Outputs without an answer, in the mean.
    public var malformed: Int
    /// Outputs without a reward, not in the mean.
    public var unscored: Int
    /// Whether every output has been judged.
    public var isComplete: Bool
}

extension RunReader {
    /// Every policy on every evaluated split under every decoding: the whole split first, then each task of the data by name.
    ///
    /// - Throws: `RunStoreError` when the journal cannot be read.
    public func evaluations() throws(RunStoreError) -> [EvaluationRow] {
        let sql = """
            SELECT e.policy, e.split, e.decoding, e.name, e.task, count(e.reward) AS count, avg(e.reward) AS mean,
              total(e.reward * e.reward) AS squares, total(e.malformed) AS malformed,
              total(e.reward IS NULL) AS unscored,
              (SELECT total(k.kind = 'score' OR k.outcome = 'null') FROM tasks k
               WHERE k.iteration = e.policy AND k.split = e.split) =
              (SELECT tasks FROM planned p WHERE p.iteration = e.policy AND p.split = e.split AND p.kind = 'score')
                AS complete
            FROM (
              SELECT t.iteration AS policy, t.split, d.decoding, d.name, p.task, t.answer IS NULL AS malformed,
                CASE WHEN t.answer IS NULL THEN 0.0 ELSE r.reward END AS reward
              FROM trajectories t JOIN prompts p ON p.split = t.split AND p.prompt = t.prompt
              JOIN decodings d ON t.sample >= d.first_sample AND t.sample < d.first_sample + d.samples
              LEFT JOIN rewards r ON r.iteration = t.iteration AND r.split = t.split AND r.prompt = t.prompt
                AND r.sample = t.sample
              WHERE t.split != 'train') e
            GROUP BY e.policy, e.split, e.decoding
            """
        return try read { db in
            let whole = try Self.rows(db, "evaluations", sql).map { try Self.evaluation($0, group: false) }
            let groups = try Self.rows(db, "evaluations", sql + ", e.task").map { try Self.evaluation($0, group: true) }
            return (whole + groups).sorted { a, b in
                (a.policy, a.split, a.decoding, a.group ?? "") < (b.policy, b.split, b.decoding, b.group ?? "")
            }
        }
    }

    private static func evaluation(_ row: StoredRow, group: Bool) throws -> EvaluationRow {
        let count = try row.count("count")
        let mean = try row.optionalNumber("mean")
        var error: Double?
        if let mean, count > 1 {
            let n = Double(count)
            error = (max(0, try row.number("squares") - n * mean * mean) / (n - 1) / n).squareRoot()
        }
        return EvaluationRow(
            policy: try row.small("policy"), split: try row.split(), decoding: try row.small("decoding"),
            decodingName: try row.text("name"), group: group ? try row.text("task") : nil, meanReward: mean,
            standardError: error, count: count, malformed: Int(try row.number("malformed")),
            unscored: Int(try row.number("unscored")),
            isComplete: try row.isNull("complete") ? false : row.integer("complete") == 1)
    }
}
