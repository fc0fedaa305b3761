import GRDB
import RolloutCore
import Synchronization

extension RunReader {
    /// Where the run stands.
    ///
    /// - Throws: `RunStoreError` when it has not begun, or is damaged.
    public func summary() throws(RunStoreError) -> RunSummary {
        let now = clock()
        return try read { db in
            let run = try Self.run(db, path)
            let live = try Live(db)
            let finished = try Self.rows(db, "outcome", "SELECT * FROM outcome").first
            let began = try run.number("at")
            let progress = try Self.progress(db, now: now)
            return RunSummary(
                name: try run.text("name"), mode: try run.text("mode"), reward: try run.text("reward"),
                determinism: try run.text("determinism"),
                iterations: try run.small("iterations"), phase: live.text("phase"),
                term: UInt64(bitPattern: try Int64.fetchOne(db, sql: "SELECT max(term) FROM terms") ?? 0),
                age: live.number("at").map { max(0, now - $0) }, halted: live.text("halted"),
                isDraining: live.integer("draining") == 1,
                elapsed: max(0, (try finished?.number("at") ?? now) - began),
                progress: progress, nodes: try Self.nodes(db, now: now),
                rationales: try Self.rationales(db), training: live.training, rewards: try rewards(db, progress),
                sealed: try sealed(db),
                policies: try Self.policies(db), counters: live.counters,
                bestPolicy: try finished?.small("best_policy"))
        }
    }

    private static let rateWindow = 30.0

    private static func progress(_ db: Database, now: Double) throws -> [RunSummary.Progress] {
        let sql = """
            SELECT p.iteration, p.split, p.kind, p.tasks AS total, count(t.seq) AS done,
              total(t.outcome = 'null') AS nulls, total(t.at >= ?) AS recent, coalesce(min(t.at), 0) AS first,
              coalesce(max(t.at), 0) AS last,
              coalesce((SELECT leased FROM progress g WHERE g.iteration = p.iteration AND g.split = p.split
                AND g.kind = p.kind), 0) AS leased
            FROM planned p LEFT JOIN tasks t ON t.iteration = p.iteration AND t.split = p.split
              -- A sample task without a result ends its score task too.
              AND (t.kind = p.kind OR (p.kind = 'score' AND t.kind = 'sample' AND t.outcome = 'null'))
            GROUP BY p.iteration, p.split, p.kind
            """
        let progress = try rows(db, "tasks", sql, [now - rateWindow]).map { row in
            let group = TaskGroup(iteration: try row.small("iteration"), split: try row.split(), kind: try row.kind())
            let done = try row.count("done")
            let total = try row.count("total")
            let first = try row.number("first")
            let seconds = try row.number("last") - first
            let span = done == total ? seconds : min(rateWindow, now - first)
            let counted = done == total ? Double(done) : try row.number("recent")
            return RunSummary.Progress(
                group: group, done: done, total: total, null: Int(try row.number("nulls")),
                leased: try row.count("leased"), rate: span > 0 ? counted / span : 0, seconds: seconds)
        }
        return progress.sorted { $0.group < $1.group }
    }

    private static func nodes(_ db: Database, now: Double) throws -> [RunSummary.Node] {
        try rows(db, "nodes", "SELECT * FROM nodes ORDER BY position").map { row in
            RunSummary.Node(
                name: try row.text("node"), role: try row.text("role"), slots: try row.count("slots"),
                held: try row.count("held"), silence: max(0, now - (try row.number("last_seen"))),
                tasksDone: try row.count("tasks_done"), tokensPerSecond: try row.optionalNumber("tokens_per_second"))
        }
    }

    /// - Parameter progress: in the same state of the database.
    private func rewards(_ db: Database, _ progress: [RunSummary.Progress]) throws -> [RunSummary.Rewards] {
        let settled = settled.withLock { $0.rewards }
        let steps = try Self.rows(db, "tasks", "SELECT DISTINCT iteration, split FROM tasks WHERE kind = 'sample'")
        let open = try steps.map { (iteration: try $0.small("iteration"), split: try $0.split()) }.filter { step in
            !settled.contains { $0.iteration == step.iteration && $0.split == step.split }
        }
        let sql = """
            SELECT count(*) AS trajectories, total(t.answer IS NULL) AS malformed,
              sum(t.answer IS NULL OR r.reward IS NOT NULL) AS judged,
              -- While answers wait for their scorers, zeros alone are no mean.
              CASE WHEN count(r.reward) > 0 OR count(t.answer) = 0
                THEN avg(CASE WHEN t.answer IS NULL THEN 0.0 ELSE r.reward END) END AS mean
            FROM trajectories t LEFT JOIN rewards r ON r.iteration = t.iteration AND r.split = t.split
              AND r.prompt = t.prompt AND r.sample = t.sample
            WHERE t.iteration = ? AND t.split = ?
              -- Of an evaluation, the decoding that decides.
              AND (t.split = 'train' OR t.sample < (SELECT samples FROM decodings WHERE decoding = 0))
            """
        let new = try open.compactMap { step -> RunSummary.Rewards? in
            guard let row = try Self.rows(db, "trajectories", sql, [step.iteration, step.split.column]).first else {
                return nil
            }
            let count = try row.count("trajectories")
            guard count > 0 else { return nil }
            return RunSummary.Rewards(
                iteration: step.iteration, split: step.split, trajectories: count, judged: try row.count("judged"),
                mean: try row.optionalNumber("mean"), malformed: Int(try row.number("malformed")))
        }
        self.settled.withLock { state in
            for rewards in new {
                let group = TaskGroup(iteration: rewards.iteration, split: rewards.split, kind: .score)
                let isDone = progress.contains { $0.group == group && $0.done == $0.total }
                let isThere = state.rewards.contains { $0.iteration == rewards.iteration && $0.split == rewards.split }
                if isDone, !isThere { state.rewards.append(rewards) }
            }
        }
        return (settled + new).sorted { ($0.iteration, $0.split) < ($1.iteration, $1.split) }
    }

    static func sealedRationales(_ db: Database) throws -> SealedRationales? {
        try rows(db, "rationale_seal", "SELECT * FROM rationale_seal").first.map(RecordReader(db: db).sealedRationales)
    }

    /// Sealed, or as far as they are; nil where tasks write none.
    private static func rationales(_ db: Database) throws -> RationaleCounts? {
        if let sealed = try sealedRationales(db) { return sealed.counts }
        guard try !rows(db, "planned", "SELECT tasks FROM planned WHERE kind = 'rationale'").isEmpty else { return nil }
        let sql = """
            SELECT origin, count(*) AS count, total(leaks) AS leaks, total(unusable) AS unusable
            FROM rationales GROUP BY origin
            """
        var counts = RationaleCounts()
        for row in try rows(db, "rationales", sql) {
            let count = try row.small("count")
            switch Rationale.Origin(column: try row.text("origin")) {
            case .written: counts.written = count
            case .profile: counts.profile = count
            case .some(.none): counts.none = count
            case nil: throw row.damaged("origin")
            }
            counts.leaks += UInt32(try row.number("leaks"))
            counts.unusable += UInt32(try row.number("unusable"))
        }
        return counts
    }

    private func sealed(_ db: Database) throws -> [SealedIteration] {
        let settled = settled.withLock { $0.sealed }
        let sealed = try Self.sealed(db) { settled[$0] }
        self.settled.withLock { state in for iteration in sealed { state.sealed[iteration.iteration] = iteration } }
        return sealed
    }

    /// Every sealed E-step, as the database has it.
    ///
    /// - Parameter known: those that need not be read again.
    static func sealed(
        _ db: Database, except known: (UInt32) -> SealedIteration? = { _ in nil }
    ) throws -> [SealedIteration] {
        let reader = RecordReader(db: db)
        return try rows(db, "iterations", "SELECT * FROM iterations ORDER BY iteration").map { row in
            try known(try row.small("iteration")) ?? reader.sealed(row)
        }
    }

    private static func policies(_ db: Database) throws -> [RunSummary.Policy] {
        let sql = """
            SELECT p.version, p.weights, coalesce(p.delta_bytes, 0) AS delta_bytes, t.full_bytes, t.density, t.steps,
              t.examples, t.first_loss, t.last_loss, k.seconds
            FROM policies p LEFT JOIN trainings t ON t.version = p.version
            LEFT JOIN tasks k ON k.seq = t.seq ORDER BY p.version
            """
        return try rows(db, "policies", sql).map { row in
            let isTrained = !row.isNull("steps")
            return RunSummary.Policy(
                version: try row.small("version"), weights: try row.text("weights"),
                deltaBytes: try row.unsigned("delta_bytes"),
                fullBytes: isTrained ? try row.unsigned("full_bytes") : nil,
                density: try row.optionalNumber("density"), steps: isTrained ? try row.small("steps") : nil,
                examples: isTrained ? try row.small("examples") : nil,
                firstLoss: try row.optionalNumber("first_loss"), lastLoss: try row.optionalNumber("last_loss"),
                seconds: try row.optionalNumber("seconds"))
        }
    }
}

/// The picture the coordinator last wrote.
private struct Live {
    private let values: [String: StoredRow]
    private let keys: [String]

    init(_ db: Database) throws {
        let rows = try RunReader.rows(db, "live", "SELECT key, value FROM live ORDER BY key")
        keys = try rows.map { row in try row.text("key") }
        values = Dictionary(zip(keys, rows), uniquingKeysWith: { first, _ in first })
    }

    // Values that are not of their type are as good as absent: the next second writes them anew.
    func text(_ key: String) -> String? { try? values[key]?.text("value") }
    func number(_ key: String) -> Double? { try? values[key]?.number("value") }
    func integer(_ key: String) -> Int64? { try? values[key]?.integer("value") }

    var training: RunSummary.Training? {
        guard let iteration = integer("training.iteration").flatMap(UInt32.init(exactly:)),
            let step = integer("training.step").flatMap(UInt32.init(exactly:)),
            let steps = integer("training.steps").flatMap(UInt32.init(exactly:)), let loss = number("training.loss"),
            let speed = number("training.tokensPerSecond")
        else { return nil }
        return RunSummary.Training(iteration: iteration, step: step, steps: steps, loss: loss, tokensPerSecond: speed)
    }

    var counters: [RunSummary.Counter] {
        let others: Set<String> = ["at", "phase", "term", "draining", "halted"]
        return keys.compactMap { key in
            guard !others.contains(key), !key.hasPrefix("training."), let value = integer(key) else { return nil }
            return RunSummary.Counter(name: key, value: value)
        }
    }
}
