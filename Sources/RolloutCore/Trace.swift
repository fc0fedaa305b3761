public import Digests

/// Names under which the logs of all processes tell one story, of the sizes of W3C Trace Context.
///
/// They are worked out from the run, the task and the attempt, so that every process finds the same ones and no message has
/// to carry them.
public struct Trace: Sendable, Hashable {
    /// 32 hexadecimal digits. Sampling, scoring and selecting the same trajectories are one trace, whatever the attempts; a
    /// training is another, as is writing reasoning paths.
    public let id: String
    /// 16 hexadecimal digits: one attempt at one task.
    public let span: String

    /// The names of an attempt.
    public init(run: Digest, attempt: Attempt) {
        id = Trace.id(run: run, task: attempt.task)
        var digest = DigestBuilder("reprise.span.v1")
        digest.add(run)
        digest.add(attempt.task)
        digest.add(Int(attempt.attempt))
        span = String(digest.finish().description.prefix(16))
    }

    /// The trace a task belongs to.
    public static func id(run: Digest, task: TaskID) -> String {
        var digest = DigestBuilder("reprise.trace.v1")
        digest.add(run)
        digest.add(task.kind == .score ? task.sibling(.sample) : task)
        return String(digest.finish().description.prefix(32))
    }
}

extension DigestBuilder {
    fileprivate mutating func add(_ task: TaskID) {
        add(Int(task.iteration))
        add(Int(task.split.rawValue))
        add(Int(task.kind.rawValue))
        add(Int(task.index))
    }
}
