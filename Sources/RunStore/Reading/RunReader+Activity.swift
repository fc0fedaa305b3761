import GRDB
public import RolloutCore

/// A task that a node holds.
public struct LeaseRow: Sendable, Equatable {
    /// Which task, and which attempt at it.
    public var attempt: Attempt
    /// Who holds it.
    public var node: String
    /// Seconds since it was leased.
    public var age: Double
}

/// How many tasks of a group wait, and for what.
public struct GroupTally: Sendable, Equatable {
    /// The group.
    public var group: TaskGroup
    /// Waiting for a node, or for their backoff.
    public var pending: Int
    /// Held by a node.
    public var leased: Int
    /// Set aside for a person.
    public var quarantined: Int
}

/// Something that happened, for people.
public struct EventRow: Sendable, Equatable {
    /// Counts from 1.
    public var id: Int64
    /// Seconds since 1970.
    public var at: Double
    /// What, such as `node lost`.
    public var event: String
    /// Whose.
    public var node: String?
    /// With which task.
    public var attempt: Attempt?
    /// More about it.
    public var detail: String?
}

/// How often attempts at a kind of task ended in one way.
public struct EndingCount: Sendable, Equatable {
    /// The kind.
    public var kind: TaskKind
    /// `accepted`, `expired`, `system failure`, …; `under way` for those that have not ended.
    public var ending: String
    /// How often.
    public var count: Int
}

/// What one node did in the whole run.
public struct NodeWork: Sendable, Equatable {
    /// Its name.
    public var node: String
    /// The kind of task.
    public var kind: TaskKind
    /// Results accepted from it.
    public var tasks: Int
    /// Seconds it computed.
    public var seconds: Double
    /// Tokens it sampled.
    public var tokens: Int
    /// When the last of its results came, in seconds since 1970.
    public var last: Double
}

/// The loss of one step of a training.
public struct LossPoint: Sendable, Equatable {
    /// The training's iteration.
    public var iteration: UInt32
    /// The step.
    public var step: UInt32
    /// Mean loss of its batch, in nats a token.
    public var loss: Double
}

extension RunReader {
    /// A number that is another one after every commit of another connection.
    ///
    /// - Throws: `RunStoreError` when the database cannot be read.
    public func version() throws(RunStoreError) -> Int64 {
        try read { db in try Int64.fetchOne(db, sql: "PRAGMA data_version") ?? 0 }
    }

    /// Tasks that nodes hold, the longest first; those of a term that is over are not among them.
    ///
    /// - Throws: `RunStoreError` when the journal cannot be read.
    public func leases(limit: Int) throws(RunStoreError) -> [LeaseRow] {
        let now = clock()
        let sql = """
            SELECT * FROM leases WHERE ending IS NULL AND term = (SELECT max(term) FROM terms)
              AND NOT EXISTS (SELECT 1 FROM outcome)
            ORDER BY at LIMIT ?
            """
        return try read { db in
            try Self.rows(db, "leases", sql, [limit]).map { row in
                LeaseRow(
                    attempt: Attempt(task: try Self.task(row), attempt: try row.small("attempt")),
                    node: try row.text("node"), age: max(0, now - (try row.number("at"))))
            }
        }
    }

    /// Every planned group of tasks as the coordinator last saw it, in order.
    ///
    /// - Throws: `RunStoreError` when the journal cannot be read.
    public func tallies() throws(RunStoreError) -> [GroupTally] {
        try read { db in
            try Self.rows(db, "progress", "SELECT * FROM progress").map { row in
                GroupTally(
                    group: TaskGroup(
                        iteration: try row.small("iteration"), split: try row.split(), kind: try row.kind()),
                    pending: try row.count("pending"), leased: try row.count("leased"),
                    quarantined: try row.count("quarantined"))
            }.sorted { $0.group < $1.group }
        }
    }

    /// What happened, the newest first.
    ///
    /// - Parameter before: only events older than this one.
    /// - Throws: `RunStoreError` when the journal cannot be read.
    public func events(before: Int64? = nil, limit: Int) throws(RunStoreError) -> [EventRow] {
        let sql = "SELECT * FROM events WHERE id < ? ORDER BY id DESC LIMIT ?"
        return try read { db in
            try Self.rows(db, "events", sql, [before ?? .max, limit]).map { row in
                EventRow(
                    id: try row.integer("id"), at: try row.number("at"), event: try row.text("event"),
                    node: try row.optionalText("node"),
                    attempt: row.isNull("task")
                        ? nil : Attempt(task: try Self.task(row), attempt: try row.small("attempt")),
                    detail: try row.optionalText("detail"))
            }
        }
    }

    /// How attempts ended in the whole run, by kind of task.
    ///
    /// - Throws: `RunStoreError` when the journal cannot be read.
    public func endings() throws(RunStoreError) -> [EndingCount] {
        let sql = """
            SELECT kind, coalesce(ending, 'under way') AS ending, count(*) AS count FROM leases
            GROUP BY 1, 2 ORDER BY 1, 2
            """
        return try read { db in
            try Self.rows(db, "leases", sql).map { row in
                EndingCount(kind: try row.kind(), ending: try row.text("ending"), count: try row.count("count"))
            }
        }
    }

    /// What every node did, by kind of task and name.
    ///
    /// - Throws: `RunStoreError` when the journal cannot be read.
    public func work() throws(RunStoreError) -> [NodeWork] {
        let sql = """
            SELECT k.node, k.kind, count(*) AS tasks, total(k.seconds) AS seconds, max(k.at) AS last,
              coalesce(sum(w.tokens), 0) AS tokens
            FROM tasks k LEFT JOIN (SELECT seq, sum(token_count) AS tokens FROM trajectories GROUP BY seq) w
              ON w.seq = k.seq
            WHERE k.node IS NOT NULL GROUP BY k.kind, k.node ORDER BY k.kind, k.node
            """
        return try read { db in
            try Self.rows(db, "tasks", sql).map { row in
                NodeWork(
                    node: try row.text("node"), kind: try row.kind(), tasks: try row.count("tasks"),
                    seconds: try row.number("seconds"), tokens: try row.count("tokens"), last: try row.number("last"))
            }
        }
    }

    /// The losses of every training, at most about `points` of each, the last among them.
    ///
    /// - Throws: `RunStoreError` when the journal cannot be read.
    public func losses(points: Int) throws(RunStoreError) -> [LossPoint] {
        let sql = """
            SELECT iteration, step, value FROM (
              SELECT m.*, (SELECT max(step) FROM metrics l WHERE l.series = m.series AND l.iteration = m.iteration) AS last
              FROM metrics m WHERE m.series = 'train.loss')
            WHERE step % max(1, last / ?) = 0 OR step = last ORDER BY iteration, step
            """
        return try read { db in
            try Self.rows(db, "metrics", sql, [points]).map { row in
                LossPoint(
                    iteration: try row.small("iteration"), step: try row.small("step"), loss: try row.number("value"))
            }
        }
    }

    private static func task(_ row: StoredRow) throws -> TaskID {
        TaskID(
            iteration: try row.small("iteration"), split: try row.split(), kind: try row.kind(),
            index: try row.small("task"))
    }
}
