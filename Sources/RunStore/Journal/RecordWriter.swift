import Digests
import Foundation
import GRDB
import RolloutCore

/// Puts one record into the tables, within a transaction.
struct RecordWriter {
    let db: Database
    let at: Double
    /// Where terms begin.
    let place: RunPlace

    func write(_ record: RolloutCore.Record) throws {
        switch record {
        case .termStarted(let term):
            let seq = try next("terms")
            try insert("terms", ["seq": seq, "term": signed(term.rawValue), "place": place.column, "at": at])
            // What was under way in the term before is nobody's now, until its node reports it again.
            try db.execute(
                sql: "UPDATE leases SET ended_at = ?, ending = 'coordinator restarted' WHERE ending IS NULL",
                arguments: [at])
        case .accepted(let result):
            try write(result, seq: try next("tasks"))
        case .nullResult(let task, let explanation):
            var values = columns(task)
            values += ["outcome": "null", "explanation": explanation, "at": at, "seq": try next("tasks")]
            try insert("tasks", values)
        case .sealed(let iteration):
            try write(iteration, seq: try next("iterations"))
        case .rationalesSealed(let rationales):
            try write(rationales, seq: try next("rationale_seal"))
        case .trainingSetStored(let iteration, let manifest):
            let seq = try next("training_sets")
            try insert(
                "training_sets",
                [
                    "iteration": Int64(iteration), "digest": manifest.digest.description,
                    "bytes": signed(manifest.byteCount), "chunks": manifest.chunkData, "at": at, "seq": seq,
                ])
        case .policyCommitted(let policy):
            var values = columns(policy)
            values += ["at": at, "seq": try next("policies")]
            try insert("policies", values)
        case .finished(let outcome):
            try write(outcome, seq: try next("outcome"))
        }
    }

    private func write(_ result: AcceptedResult, seq: Int64) throws {
        let task = result.attempt.task
        let (seconds, attoseconds) = result.computeTime.components
        var values = columns(task)
        values += [
            "outcome": "done", "attempt": Int64(result.attempt.attempt), "node": result.node,
            "input_digest": result.inputDigest.description, "result_digest": result.resultDigest.description,
            "compute_seconds": seconds, "compute_attoseconds": attoseconds, "at": at, "seq": seq,
        ]
        try insert("tasks", values)
        switch result.output {
        case .sample(let trajectories): for one in trajectories { try write(one, of: task, seq: seq) }
        case .score(let scores): for one in scores { try write(one, of: task, seq: seq) }
        case .train(let trained): try write(trained, of: task, seq: seq)
        case .rationale(let rationales): for one in rationales { try write(one, of: task, seq: seq) }
        }
    }

    private func write(_ rationale: Rationale, of task: TaskID, seq: Int64) throws {
        try insert(
            "rationales",
            [
                "prompt": Int64(rationale.prompt), "task": Int64(task.index), "text": rationale.text,
                "origin": rationale.origin.column, "leaks": Int64(rationale.leaks),
                "unusable": Int64(rationale.unusable), "seq": seq,
            ])
    }

    private func write(_ sealed: SealedRationales, seq: Int64) throws {
        let counts = sealed.counts
        try insert(
            "rationale_seal",
            [
                "root": sealed.root.description, "written": Int64(counts.written), "profile": Int64(counts.profile),
                "none": Int64(counts.none), "failed": Int64(counts.failed), "leaks": Int64(counts.leaks),
                "unusable": Int64(counts.unusable), "at": at, "seq": seq,
            ])
    }

    private func write(_ trajectory: Trajectory, of task: TaskID, seq: Int64) throws {
        var values = columns(trajectory.id, of: task)
        values += [
            "tokens": Tokens.data(trajectory.tokens), "token_count": trajectory.tokens.count,
            "tokens_digest": Tokens.digest(trajectory.tokens).description, "stop": trajectory.stop.column,
            "reasoning": trajectory.reasoning, "answer": trajectory.answer,
            "logprob": trajectory.logProbability.map { exact($0) },
            "seq": seq,
        ]
        try insert("trajectories", values)
    }

    private func write(_ score: Score, of task: TaskID, seq: Int64) throws {
        var values = columns(score.id, of: task)
        values += ["reward": score.reward.map(exact), "seq": seq]
        try insert("rewards", values)
    }

    private func write(_ trained: TrainedPolicy, of task: TaskID, seq: Int64) throws {
        var values = columns(trained.policy)
        values += [
            "iteration": Int64(task.iteration), "steps": Int64(trained.steps), "examples": Int64(trained.examples),
            "tokens": signed(trained.tokens), "first_loss": exact(trained.firstLoss),
            "last_loss": exact(trained.lastLoss), "density": exact(trained.density),
            "full_bytes": signed(trained.fullByteCount), "seq": seq,
        ]
        try insert("trainings", values)
    }

    private func write(_ sealed: SealedIteration, seq: Int64) throws {
        let counts = sealed.counts
        try insert(
            "iterations",
            [
                "iteration": Int64(sealed.iteration), "root": sealed.root.description,
                "sampled": Int64(counts.sampled), "kept": Int64(counts.kept),
                "below_threshold": Int64(counts.belowThreshold), "malformed": Int64(counts.malformed),
                "unscored": Int64(counts.unscored), "duplicate": Int64(counts.duplicate),
                "over_cap": Int64(counts.overCap), "starved_prompts": Int64(counts.starvedPrompts), "at": at,
                "seq": seq,
            ])
        for (position, threshold) in sealed.thresholds.enumerated() {
            try insert(
                "thresholds",
                [
                    "iteration": Int64(sealed.iteration), "position": position, "scope": threshold.group,
                    "value": exact(threshold.value),
                ])
        }
        for kept in sealed.kept {
            try insert(
                "selections",
                [
                    "iteration": Int64(sealed.iteration), "prompt": Int64(kept.id.prompt),
                    "sample": Int64(kept.id.sample), "reward": exact(kept.reward),
                ])
        }
    }

    private func write(_ outcome: Outcome, seq: Int64) throws {
        try insert("outcome", ["best_policy": Int64(outcome.bestPolicy), "at": at, "seq": seq])
        for (position, evaluation) in outcome.evaluations.enumerated() {
            try insert(
                "evaluations",
                [
                    "position": position, "policy": Int64(evaluation.policy), "split": evaluation.split.column,
                    "decoding": Int64(evaluation.decoding), "mean_reward": exact(evaluation.meanReward),
                    "count": Int64(evaluation.count),
                    "malformed": Int64(evaluation.malformed), "unscored": Int64(evaluation.unscored),
                ])
        }
    }

    // MARK: - Columns

    private func next(_ table: String) throws -> Int64 {
        try db.cachedStatement(sql: "INSERT INTO journal(kind) VALUES (?)").execute(arguments: [table])
        return db.lastInsertedRowID
    }

    private func columns(_ task: TaskID) -> Columns {
        [
            "iteration": Int64(task.iteration), "split": task.split.column, "kind": task.kind.column,
            "task": Int64(task.index),
        ]
    }

    private func columns(_ id: TrajectoryID, of task: TaskID) -> Columns {
        [
            "iteration": Int64(task.iteration), "split": task.split.column, "prompt": Int64(id.prompt),
            "sample": Int64(id.sample), "task": Int64(task.index),
        ]
    }

    private func columns(_ policy: PolicyManifest) -> Columns {
        [
            "version": Int64(policy.version), "base": policy.base.description, "weights": policy.weights.description,
            "delta": policy.delta?.digest.description, "delta_bytes": policy.delta.map { signed($0.byteCount) },
            "delta_chunks": policy.delta?.chunkData,
        ]
    }

    private func insert(_ table: String, _ columns: Columns) throws { try db.insert(table, columns) }
}

/// Named values of a row, in order.
struct Columns: ExpressibleByDictionaryLiteral {
    private(set) var names: [String]
    private(set) var values: [DatabaseValue]

    init(dictionaryLiteral elements: (String, (any DatabaseValueConvertible)?)...) {
        names = elements.map(\.0)
        values = elements.map { $0.1.map(exact) ?? .null }
    }

    static func += (left: inout Columns, right: Columns) {
        left.names += right.names
        left.values += right.values
    }
}

extension Database {
    /// Inserts a row; statements are prepared once per set of columns.
    func insert(_ table: String, _ columns: Columns, orReplace: Bool = false) throws {
        let marks = columns.names.map { _ in "?" }.joined(separator: ", ")
        let verb = orReplace ? "INSERT OR REPLACE" : "INSERT"
        let sql = "\(verb) INTO \(table)(\(columns.names.joined(separator: ", "))) VALUES (\(marks))"
        try cachedStatement(sql: sql).execute(arguments: StatementArguments(columns.values))
    }
}
