import Digests
import JSONLines
import RolloutCore
import RunStore

extension TrajectoryPage {
    /// A page as `/api/trajectories` gives it: `next` and `previous` are what `after` and `before` take, null at the ends.
    ///
    ///     iteration  rows [{prompt sample task user reward outcome node attempt tokens excerpt}]  next  previous
    var json: JSON {
        [
            "iteration": .count(iteration.map { Int($0) }), "rows": .array(rows.map(\.json)),
            "next": .text(next.map(SearchQuery.place)), "previous": .text(previous.map(SearchQuery.place)),
        ]
    }
}

extension TrajectoryPage.Row {
    fileprivate var json: JSON {
        [
            "prompt": .count(Int(id.prompt)), "sample": .count(Int(id.sample)), "task": .string(group),
            "user": .string(user), "reward": .real(reward), "outcome": .string(outcome), "node": .string(node),
            "attempt": .count(Int(attempt)), "tokens": .count(tokenCount), "excerpt": .string(excerpt),
        ]
    }
}

extension TrajectoryView {
    /// One sample as `/api/trajectories/SPLIT/ITERATION/PROMPT` lists it, with everything it was made from; `tokens` counts
    /// them, `profile` and `documents` are as the data has them.
    func json(of run: Digest) -> JSON {
        [
            "iteration": .count(Int(iteration)), "split": .string("\(split)"), "prompt": .count(Int(id.prompt)),
            "sample": .count(Int(id.sample)), "task": .string(prompt.task), "user": .string(prompt.user),
            "row": .string(prompt.example), "request": .string(prompt.input), "input": .string(prompt.text),
            "documents": Self.parsed(prompt.documents), "profile": Self.parsed(prompt.profile),
            "reasoning": .string(reasoning), "answer": .text(answer), "reference": .string(prompt.reference),
            "reward": .real(reward), "outcome": .string(outcome), "node": .string(node),
            "attempt": .count(Int(attempt)), "tokens": .count(tokens.count), "stop": .string(stop),
            "logProbability": .real(logProbability), "trace": .string(trace(of: run)),
        ]
    }

    /// What log lines about it carry.
    func trace(of run: Digest) -> String {
        Trace.id(run: run, task: TaskID(iteration: iteration, split: split, kind: .sample, index: task))
    }

    private static func parsed(_ text: String) -> JSON { (try? JSON.parse(Array(text.utf8))) ?? .string(text) }
}

extension LeaseRow {
    /// As in `Snapshot.json`.
    var json: JSON {
        var object = attempt.object
        object["node"] = .string(node)
        object["age"] = .number(age)
        return .object(object)
    }
}

extension EventRow {
    /// As in `Snapshot.json`.
    var json: JSON {
        var object: JSONObject = [
            "id": .integer(id), "at": .number(at), "event": .string(event), "node": .text(node),
        ]
        for (key, value) in attempt?.object ?? [:] { object[key] = value }
        object["detail"] = .text(detail)
        return .object(object)
    }
}

extension Attempt {
    fileprivate var object: JSONObject {
        [
            "iteration": .count(Int(task.iteration)), "split": .string("\(task.split)"),
            "kind": .string("\(task.kind)"), "task": .count(Int(task.index)), "attempt": .count(Int(attempt)),
        ]
    }
}

extension JSON {
    static func count(_ value: Int?) -> JSON { value.map { .integer(Int64($0)) } ?? .null }
    static func real(_ value: Double?) -> JSON { value.map { .number($0) } ?? .null }
    static func text(_ value: String?) -> JSON { value.map { .string($0) } ?? .null }
}
