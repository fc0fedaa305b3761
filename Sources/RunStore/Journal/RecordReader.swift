import Digests
import Foundation
import GRDB
public import RolloutCore

extension Journal {
    /// Everything that was appended and committed, in order, exactly as it was.
    ///
    /// - Throws: `RunStoreError` when rows are missing or wrong: every result is checked against its digest.
    public func recover() throws(RunStoreError) -> [RolloutCore.Record] {
        var records: [RolloutCore.Record] = []
        try reading { db in try RecordReader(db: db).all { records.append($0) } }
        return records
    }

    /// Gives `body` every record in order, one at a time: a run's trajectories need not fit into memory.
    ///
    /// - Throws: As `recover()`, and what `body` throws.
    public func recover(_ body: (RolloutCore.Record) throws -> Void) throws {
        var refusal: (any Error)?
        try reading { db in
            do {
                try RecordReader(db: db).all { record in
                    do { try body(record) } catch { throw Refused(error: error) }
                }
            } catch let refused as Refused {
                refusal = refused.error
            }
        }
        if let refusal { throw refusal }
    }

    /// The term for this start: the next one; on a copy of a run directory one that the original will not come to.
    ///
    /// - Throws: `RunStoreError` when the journal cannot be read, or a coordinator works on the directory this is a copy of.
    public func nextTerm() throws(RunStoreError) -> NextTerm {
        let here = directory.place
        let last: (term: UInt64, place: RunPlace?)? = try reading { db in
            guard let found = try Row.fetchOne(db, sql: "SELECT term, place FROM terms ORDER BY term DESC LIMIT 1")
            else { return nil }
            let row = StoredRow(row: found, table: "terms")
            return (try row.unsigned("term"), RunPlace(column: try row.text("place")))
        }
        guard let last else { return NextTerm(number: 1) }
        guard let there = last.place, !there.isSame(as: here) else { return NextTerm(number: last.term + 1) }
        if there.isHere {
            do throws(RunStoreError) {
                _ = try RunDirectory.open(there.path).lock()
            } catch {
                // Whatever else is wrong with the original is no concern of its copy.
                if error.kind == .inUse {
                    throw RunStoreError(
                        .inUse, "\(here.path) is a copy of a run that goes on: \(error.description)")
                }
            }
        }
        let leap = UInt64.random(in: 1 << 20..<1 << 30)
        return NextTerm(number: last.term + leap, original: there.path)
    }

    /// What a sample task drew, in (prompt, sample) order; empty when it has no result. Commits what waits.
    ///
    /// - Throws: `RunStoreError` when rows are missing or wrong.
    public func trajectories(of task: TaskID) throws(RunStoreError) -> [Trajectory] {
        try flush()
        return try reading { db in try RecordReader(db: db).trajectories(of: task) }
    }

    /// Gives `body` the trajectories that an iteration's seal kept of the E-step of `source`, in (prompt, sample) order.
    ///
    /// - Throws: `RunStoreError` when rows are missing or wrong.
    public func kept(
        iteration: UInt32, from source: UInt32, _ body: (Trajectory) -> Void
    ) throws(RunStoreError) {
        try reading { db in try RecordReader(db: db).kept(iteration: iteration, from: source, body) }
    }

    private func reading<Result>(_ body: (Database) throws -> Result) throws(RunStoreError) -> Result {
        try RunStoreError.about(path) { try database.read(body) }
    }
}

/// Carries what a reader of records threw past the database.
private struct Refused: Error {
    let error: any Error
}

/// Builds records from the tables.
struct RecordReader {
    let db: Database

    /// Gives `body` every record in order.
    func all(_ body: (RolloutCore.Record) throws -> Void) throws {
        let rows = try Row.fetchCursor(db, sql: "SELECT seq, kind FROM journal ORDER BY seq")
        while let row = try rows.next() {
            let entry = StoredRow(row: row, table: "journal")
            try body(record(entry.integer("seq"), in: entry.text("kind")))
        }
    }

    /// What a sample task drew, checked against its recorded digest.
    func trajectories(of task: TaskID) throws -> [Trajectory] {
        let statement = try db.cachedStatement(
            sql: "SELECT * FROM tasks WHERE iteration = ? AND split = ? AND kind = ? AND task = ?")
        let arguments: StatementArguments = [
            Int64(task.iteration), task.split.column, task.kind.column, Int64(task.index),
        ]
        guard let found = try Row.fetchOne(statement, arguments: arguments) else { return [] }
        let row = StoredRow(row: found, table: "tasks")
        guard case .accepted(let result) = try self.task(row, row.integer("seq")),
            case .sample(let trajectories) = result.output
        else { return [] }
        return trajectories
    }

    /// Trajectories of a training set, in (prompt, sample) order.
    func kept(iteration: UInt32, from source: UInt32, _ body: (Trajectory) -> Void) throws {
        let sql = """
            SELECT t.* FROM selections s JOIN trajectories t ON t.iteration = ? AND t.split = 'train'
              AND t.prompt = s.prompt AND t.sample = s.sample WHERE s.iteration = ? ORDER BY s.prompt, s.sample
            """
        let rows = try Row.fetchCursor(db, sql: sql, arguments: [Int64(source), Int64(iteration)])
        while let row = try rows.next() { try body(trajectory(StoredRow(row: row, table: "trajectories"))) }
    }

    func record(_ seq: Int64, in table: String) throws -> RolloutCore.Record {
        switch table {
        case "terms": return .termStarted(Term(rawValue: try one(table, seq).unsigned("term")))
        case "tasks": return try task(one(table, seq), seq)
        case "iterations": return .sealed(try sealed(one(table, seq)))
        case "rationale_seal": return .rationalesSealed(try sealedRationales(one(table, seq)))
        case "training_sets":
            let row = try one(table, seq)
            return .trainingSetStored(
                iteration: try row.small("iteration"), try manifest(row, "digest", "bytes", "chunks"))
        case "policies": return .policyCommitted(try policy(one(table, seq)))
        case "outcome": return .finished(try outcome(one(table, seq)))
        default: throw RunStoreError(.damaged, "run.sqlite is damaged: its journal names a table '\(table)'.")
        }
    }

    /// Only names of tables from `record` come here.
    private func one(_ table: String, _ seq: Int64) throws -> StoredRow {
        let statement = try db.cachedStatement(sql: "SELECT * FROM \(table) WHERE seq = ?")
        guard let row = try Row.fetchOne(statement, arguments: [seq]) else {
            throw RunStoreError(.damaged, "run.sqlite is damaged: entry \(seq) of the journal has no row in \(table).")
        }
        return StoredRow(row: row, table: table)
    }

    private func all(_ table: String, where column: String, _ value: Int64, order: String) throws -> [StoredRow] {
        let statement = try db.cachedStatement(sql: "SELECT * FROM \(table) WHERE \(column) = ? ORDER BY \(order)")
        return try Row.fetchAll(statement, arguments: [value]).map { StoredRow(row: $0, table: table) }
    }

    private func task(_ row: StoredRow, _ seq: Int64) throws -> RolloutCore.Record {
        let task = TaskID(
            iteration: try row.small("iteration"), split: try row.split(), kind: try row.kind(),
            index: try row.small("task"))
        switch try row.text("outcome") {
        case "null": return .nullResult(task, explanation: try row.text("explanation"))
        case "done": break
        default: throw row.damaged("outcome")
        }
        let seconds = try row.integer("compute_seconds")
        let attoseconds = try row.integer("compute_attoseconds")
        let result = AcceptedResult(
            attempt: Attempt(task: task, attempt: try row.small("attempt")), node: try row.text("node"),
            inputDigest: try row.digest("input_digest"), resultDigest: try row.digest("result_digest"),
            output: try output(of: task, seq),
            computeTime: Duration(secondsComponent: seconds, attosecondsComponent: attoseconds))
        guard result.output.digest == result.resultDigest else {
            throw RunStoreError(
                .damaged,
                """
                run.sqlite is damaged: what is stored of \(task.kind.column) task \(task.index) of iteration \
                \(task.iteration) (\(task.split.column)) does not have the recorded digest; put back a copy of the \
                run directory.
                """)
        }
        return .accepted(result)
    }

    private func output(of task: TaskID, _ seq: Int64) throws -> TaskOutput {
        switch task.kind {
        case .sample: .sample(try all("trajectories", where: "seq", seq, order: "prompt, sample").map(trajectory))
        case .score: .score(try all("rewards", where: "seq", seq, order: "prompt, sample").map(score))
        case .train: .train(try trained(one("trainings", seq)))
        case .rationale: .rationale(try all("rationales", where: "seq", seq, order: "prompt").map(rationale))
        }
    }

    private func rationale(_ row: StoredRow) throws -> Rationale {
        guard let origin = Rationale.Origin(column: try row.text("origin")) else { throw row.damaged("origin") }
        return Rationale(
            prompt: try row.small("prompt"), text: try row.text("text"), origin: origin,
            leaks: try row.small("leaks"), unusable: try row.small("unusable"))
    }

    func sealedRationales(_ row: StoredRow) throws -> SealedRationales {
        var counts = RationaleCounts()
        counts.written = try row.small("written")
        counts.profile = try row.small("profile")
        counts.none = try row.small("none")
        counts.failed = try row.small("failed")
        counts.leaks = try row.small("leaks")
        counts.unusable = try row.small("unusable")
        return SealedRationales(root: try row.digest("root"), counts: counts)
    }

    private func id(_ row: StoredRow) throws -> TrajectoryID {
        TrajectoryID(prompt: try row.small("prompt"), sample: try row.small("sample"))
    }

    private func trajectory(_ row: StoredRow) throws -> Trajectory {
        guard let tokens = Tokens.tokens(try row.data("tokens")) else { throw row.damaged("tokens") }
        guard let stop = Trajectory.Stop(column: try row.text("stop")) else { throw row.damaged("stop") }
        return Trajectory(
            id: try id(row), tokens: tokens, stop: stop, reasoning: try row.text("reasoning"),
            answer: try row.optionalText("answer"), logProbability: try row.optionalNumber("logprob"))
    }

    private func score(_ row: StoredRow) throws -> Score {
        Score(id: try id(row), reward: try row.optionalNumber("reward"))
    }

    private func manifest(_ row: StoredRow, _ digest: String, _ bytes: String, _ chunks: String) throws -> BlobManifest
    {
        guard
            let manifest = BlobManifest(
                digest: try row.digest(digest), byteCount: try row.unsigned(bytes), chunkData: try row.data(chunks))
        else { throw row.damaged(chunks) }
        return manifest
    }

    private func policy(_ row: StoredRow) throws -> PolicyManifest {
        PolicyManifest(
            version: try row.small("version"), base: try row.digest("base"), weights: try row.digest("weights"),
            delta: row.isNull("delta") ? nil : try manifest(row, "delta", "delta_bytes", "delta_chunks"))
    }

    private func trained(_ row: StoredRow) throws -> TrainedPolicy {
        TrainedPolicy(
            policy: try policy(row), steps: try row.small("steps"), examples: try row.small("examples"),
            tokens: try row.unsigned("tokens"), firstLoss: try row.number("first_loss"),
            lastLoss: try row.number("last_loss"), density: try row.number("density"),
            fullByteCount: try row.unsigned("full_bytes"))
    }

    func sealed(_ row: StoredRow) throws -> SealedIteration {
        let iteration = try row.small("iteration")
        var counts = SelectionCounts()
        counts.sampled = try row.small("sampled")
        counts.kept = try row.small("kept")
        counts.belowThreshold = try row.small("below_threshold")
        counts.malformed = try row.small("malformed")
        counts.unscored = try row.small("unscored")
        counts.duplicate = try row.small("duplicate")
        counts.overCap = try row.small("over_cap")
        counts.starvedPrompts = try row.small("starved_prompts")
        let thresholds = try all("thresholds", where: "iteration", Int64(iteration), order: "position").map {
            SealedIteration.Threshold(group: try $0.text("scope"), value: try $0.number("value"))
        }
        let kept = try all("selections", where: "iteration", Int64(iteration), order: "prompt, sample").map {
            SealedIteration.Kept(id: try id($0), reward: try $0.number("reward"))
        }
        guard kept.count == Int(counts.kept) else { throw row.damaged("kept") }
        return SealedIteration(
            iteration: iteration, root: try row.digest("root"), thresholds: thresholds, kept: kept, counts: counts)
    }

    private func outcome(_ row: StoredRow) throws -> Outcome {
        let rows = try Row.fetchAll(db, sql: "SELECT * FROM evaluations ORDER BY position")
        return Outcome(
            bestPolicy: try row.small("best_policy"),
            evaluations: try rows.map { try evaluation(StoredRow(row: $0, table: "evaluations")) })
    }

    private func evaluation(_ row: StoredRow) throws -> Evaluation {
        Evaluation(
            policy: try row.small("policy"), split: try row.split(), decoding: try row.small("decoding"),
            meanReward: try row.number("mean_reward"), count: try row.small("count"),
            malformed: try row.small("malformed"), unscored: try row.small("unscored"))
    }
}
