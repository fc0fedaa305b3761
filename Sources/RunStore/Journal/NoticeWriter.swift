import Foundation
import GRDB
import RolloutCore

/// A number of a series.
struct Metric: Sendable {
    let series: String
    let iteration: UInt32
    let step: UInt64
    let value: Double

    func write(in db: Database, at: Double) throws {
        let columns: Columns = [
            "series": series, "iteration": Int64(iteration), "step": signed(step), "value": exact(value), "at": at,
        ]
        try db.insert("metrics", columns, orReplace: true)
    }
}

/// Puts a notice into the log of events, the leases it is about, and the series of training.
struct NoticeWriter {
    let db: Database
    let at: Double
    let term: Term

    func write(_ notice: Notice) throws {
        switch notice {
        case .nodeJoined(_, let node, let role, let slots):
            try event("node joined", node: node, detail: "\(role.column), \(slots.counted("slot"))")
        case .nodeLost(_, let node, let role, let held):
            try event("node lost", node: node, detail: "\(role.column), held \(held)")
        case .nodeLeft(_, let node, let role): try event("node left", node: node, detail: role.column)
        case .nodeRejected(_, let rejection): try event("node rejected", detail: rejection.explanation)
        case .leased(let attempt, let node): try lease(attempt, to: node)
        case .speculated(let attempt, let node): try event("straggler leased again", attempt, node: node)
        case .adopted(let attempt, let node):
            try lease(attempt, to: node)
            try event("adopted", attempt, node: node)
        case .suspected(let attempt, let node, let count, let explanation):
            try event("suspected", attempt, node: node, detail: "\(count.counted("time")): \(explanation)")
        case .leaseExpired(let attempt, let node): try end(attempt, node, "expired")
        case .leaseNotReported(let attempt, let node): try end(attempt, node, "not reported")
        case .released(let attempt, let node): try end(attempt, node, "released")
        case .systemFailure(let attempt, let node, let explanation):
            try end(attempt, node, "system failure", explanation)
        case .deterministicFailure(let attempt, let node, let explanation):
            try end(attempt, node, "deterministic failure", explanation)
        case .accepted(let attempt, let node, let late):
            // One row of `tasks` says it already; only what is unusual is worth an event.
            try close(attempt, "accepted")
            try supersede(attempt.task)
            if late { try event("accepted late", attempt, node: node) }
        case .duplicateIgnored(let attempt, let node): try event("duplicate ignored", attempt, node: node)
        case .fenced(_, let incarnation): try event("fenced", detail: "incarnation \(incarnation.column)")
        case .staleMessage(_, let detail): try event("stale message", detail: detail)
        case .trainProgress(let progress): try write(progress)
        case .phase(let phase): try event("phase", detail: phase.column)
        }
    }

    private func write(_ progress: TrainProgress) throws {
        let iteration = progress.attempt.task.iteration
        for (series, value) in [("train.loss", progress.loss), ("train.tokensPerSecond", progress.tokensPerSecond)] {
            let metric = Metric(series: series, iteration: iteration, step: UInt64(progress.step), value: value)
            try metric.write(in: db, at: at)
        }
    }

    private func lease(_ attempt: Attempt, to node: String) throws {
        let task = attempt.task
        let columns: Columns = [
            "iteration": Int64(task.iteration), "split": task.split.column, "kind": task.kind.column,
            "task": Int64(task.index), "term": signed(term.rawValue), "attempt": Int64(attempt.attempt), "node": node,
            "at": at,
        ]
        try db.insert("leases", columns, orReplace: true)
    }

    private func end(_ attempt: Attempt, _ node: String, _ ending: String, _ detail: String? = nil) throws {
        try close(attempt, ending)
        try event(ending, attempt, node: node, detail: detail)
    }

    private func close(_ attempt: Attempt, _ ending: String) throws {
        let task = attempt.task
        let sql = """
            UPDATE leases SET ended_at = ?, ending = ? WHERE iteration = ? AND split = ? AND kind = ? AND task = ? \
            AND term = ? AND attempt = ? AND ending IS NULL
            """
        try db.cachedStatement(sql: sql).execute(
            arguments: [
                at, ending, Int64(task.iteration), task.split.column, task.kind.column, Int64(task.index),
                signed(term.rawValue), Int64(attempt.attempt),
            ])
    }

    /// Whoever else works on a task that has its result works in vain.
    private func supersede(_ task: TaskID) throws {
        let sql = """
            UPDATE leases SET ended_at = ?, ending = 'superseded' WHERE iteration = ? AND split = ? AND kind = ? \
            AND task = ? AND ending IS NULL
            """
        try db.cachedStatement(sql: sql).execute(
            arguments: [at, Int64(task.iteration), task.split.column, task.kind.column, Int64(task.index)])
    }

    private func event(
        _ name: String, _ attempt: Attempt? = nil, node: String? = nil, detail: String? = nil
    ) throws {
        let columns: Columns = [
            "at": at, "event": name, "node": node, "iteration": attempt.map { Int64($0.task.iteration) },
            "split": attempt?.task.split.column, "kind": attempt?.task.kind.column,
            "task": attempt.map { Int64($0.task.index) }, "attempt": attempt.map { Int64($0.attempt) },
            "detail": detail,
        ]
        try db.insert("events", columns)
    }
}

extension Incarnation {
    /// 16 hexadecimal digits.
    var column: String {
        let digits = String(rawValue, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}

extension Phase {
    /// The phase and its iteration in words.
    var column: String {
        switch self {
        case .rationalizing: "rationalizing"
        case .training(let iteration): "training \(iteration)"
        case .sampling(let iteration): "sampling \(iteration)"
        case .evaluating(let policy): "evaluating \(policy)"
        case .finished: "finished"
        }
    }
}
