/// What became of one E-step's trajectories in one task of the data.
public struct DrawTally: Sendable, Equatable {
    /// The iteration that drew them.
    public var iteration: UInt32
    /// The task of the data.
    public var group: String
    /// Trajectories by what became of them, as the view `results` names it: `kept`, `below threshold`, `over cap`,
    /// `duplicate`, `malformed`, `unscored`, `scored` (not sealed yet) or `awaited`.
    public var outcomes: [String: Int]

    /// Trajectories in all.
    public var count: Int { outcomes.values.reduce(0, +) }
}

/// What one iteration kept of one task of the data.
public struct KeptTally: Sendable, Equatable {
    /// The sealed iteration.
    public var iteration: UInt32
    /// The task of the data.
    public var group: String
    /// Its training prompts.
    public var prompts: Int
    /// Those of which nothing was kept.
    public var starved: Int
    /// Trajectories kept.
    public var kept: Int
}

/// How much two iterations' selections have in common.
public struct KeptOverlap: Sendable, Equatable {
    /// The earlier iteration.
    public var first: UInt32
    /// The later one.
    public var second: UInt32
    /// Trajectories that both kept: the same tokens for the same prompt.
    public var trajectories: Int
    /// Prompts of which both kept something.
    public var prompts: Int
}

extension RunReader {
    /// Every E-step's trajectories by task and by what became of them, counted by the database.
    ///
    /// - Throws: `RunStoreError` when the journal cannot be read.
    public func draws() throws(RunStoreError) -> [DrawTally] {
        let sql = """
            SELECT iteration, task, outcome, count(*) AS count FROM results WHERE split = 'train'
            GROUP BY iteration, task, outcome ORDER BY iteration, task
            """
        return try read { db in
            var tallies: [DrawTally] = []
            for row in try Self.rows(db, "results", sql) {
                let iteration = try row.small("iteration")
                let group = try row.text("task")
                if tallies.last?.iteration != iteration || tallies.last?.group != group {
                    tallies.append(DrawTally(iteration: iteration, group: group, outcomes: [:]))
                }
                tallies[tallies.count - 1].outcomes[try row.text("outcome")] = try row.count("count")
            }
            return tallies
        }
    }

    /// Every sealed iteration's selection by task, with the prompts that went without.
    ///
    /// - Throws: `RunStoreError` when the journal cannot be read.
    public func kept() throws(RunStoreError) -> [KeptTally] {
        let sql = """
            SELECT i.iteration, p.task, count(*) AS prompts, total(k.kept IS NULL) AS starved, total(k.kept) AS kept
            FROM iterations i JOIN prompts p ON p.split = 'train'
            LEFT JOIN (SELECT iteration, prompt, count(*) AS kept FROM selections GROUP BY iteration, prompt) k
              ON k.iteration = i.iteration AND k.prompt = p.prompt
            GROUP BY i.iteration, p.task ORDER BY i.iteration, p.task
            """
        return try read { db in
            try Self.rows(db, "selections", sql).map { row in
                KeptTally(
                    iteration: try row.small("iteration"), group: try row.text("task"),
                    prompts: try row.count("prompts"), starved: Int(try row.number("starved")),
                    kept: Int(try row.number("kept")))
            }
        }
    }

    /// What every two iterations' selections share, in order.
    ///
    /// - Throws: `RunStoreError` when the journal cannot be read.
    public func keptOverlaps() throws(RunStoreError) -> [KeptOverlap] {
        // An iteration keeps of the last E-step at or before it.
        let kept = """
            WITH sources AS (
              SELECT i.iteration, (SELECT max(t.iteration) FROM trajectories t
                WHERE t.split = 'train' AND t.iteration <= i.iteration) AS source FROM iterations i),
            kept AS MATERIALIZED (
              SELECT s.iteration, s.prompt, t.tokens_digest AS text
              FROM selections s JOIN sources o ON o.iteration = s.iteration
              JOIN trajectories t ON t.iteration = o.source AND t.split = 'train' AND t.prompt = s.prompt
                AND t.sample = s.sample)
            """
        let shared = """
            SELECT a.iteration AS first, b.iteration AS second, count(*) AS count
            FROM kept a JOIN kept b ON b.prompt = a.prompt AND b.iteration > a.iteration
            """
        let texts = kept + shared + " AND b.text = a.text GROUP BY 1, 2"
        let prompts = """
            WITH kept AS MATERIALIZED (SELECT DISTINCT iteration, prompt FROM selections)
            """ + "\n" + shared + " GROUP BY 1, 2"
        return try read { db in
            let iterations = try Self.rows(db, "iterations", "SELECT iteration FROM iterations ORDER BY 1").map {
                try $0.small("iteration")
            }
            func counts(_ sql: String) throws -> [[UInt32]: Int] {
                try Self.rows(db, "selections", sql).reduce(into: [:]) { counts, row in
                    counts[[try row.small("first"), try row.small("second")]] = try row.count("count")
                }
            }
            let (sameTexts, samePrompts) = (try counts(texts), try counts(prompts))
            return iterations.enumerated().flatMap { index, first in
                iterations[(index + 1)...].map { second in
                    KeptOverlap(
                        first: first, second: second, trajectories: sameTexts[[first, second]] ?? 0,
                        prompts: samePrompts[[first, second]] ?? 0)
                }
            }
        }
    }
}
