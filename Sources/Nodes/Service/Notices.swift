import Digests
import Logging
public import RolloutCore

// How notices read in a log.
extension Logger {
    /// Logs what the coordinator's value noticed.
    func log(_ notice: Notice, of run: Digest) {
        let (level, text) = notice.line
        log(level: level, "\(text)", metadata: notice.attempt.map { Logger.metadata($0, of: run) })
    }

    /// Logs what a node's value noticed.
    func log(_ notice: WorkerNotice, of run: Digest?) {
        let (level, text) = notice.line
        let attempt = notice.attempt
        log(level: level, "\(text)", metadata: run.flatMap { run in attempt.map { Logger.metadata($0, of: run) } })
    }

    /// What became of an E-step, and of every trajectory that was kept.
    func log(_ sealed: SealedIteration, of plan: RunPlan) {
        let counts = sealed.counts
        notice(
            """
            E-step \(sealed.iteration) is sealed: \(counts.kept) of \(counts.sampled) kept, \(counts.belowThreshold) below \
            the threshold, \(counts.overCap) over the cap, \(counts.duplicate) duplicates, \(counts.malformed) malformed, \
            \(counts.unscored) without a reward
            """)
        guard logLevel <= .debug else { return }
        let iteration = plan.sampling(for: sealed.iteration)
        for kept in sealed.kept {
            let index = kept.id.prompt / max(1, plan.promptsPerTask)
            let task = TaskID(iteration: iteration, split: .train, kind: .sample, index: index)
            debug(
                "kept sample \(kept.id.sample) of prompt \(kept.id.prompt), reward \(kept.reward)",
                metadata: ["task": "\(task)", "trace": "\(Trace.id(run: plan.run, task: task))"])
        }
    }

    /// What lines about an attempt carry.
    static func metadata(_ attempt: Attempt, of run: Digest) -> Metadata {
        let trace = Trace(run: run, attempt: attempt)
        return [
            "task": "\(attempt.task)", "attempt": "\(attempt.attempt)", "trace": "\(trace.id)", "span": "\(trace.span)",
        ]
    }
}

extension Notice {
    /// Its level and its sentence.
    fileprivate var line: (Logger.Level, String) {
        switch self {
        case .phase(let phase): (.notice, "phase: \(phase)")
        case .nodeJoined(_, let node, let role, let slots):
            (.notice, "\(role) \(node) joined with \(slots.counted("slot"))")
        case .nodeLeft(_, let node, let role): (.notice, "\(role) \(node) left")
        case .nodeLost(_, let node, let role, let held):
            (.warning, "\(role) \(node) was lost with \(held.counted("task"))")
        case .nodeRejected(_, let rejection): (.warning, "refused a node: \(rejection.explanation)")
        case .leased(let attempt, let node): (.debug, "leased \(attempt) to \(node)")
        case .accepted(let attempt, let node, let late):
            (.debug, "accepted \(attempt) from \(node)\(late ? ", late" : "")")
        case .duplicateIgnored(let attempt, let node): (.debug, "\(node) gave \(attempt) again")
        case .staleMessage(_, let detail): (.debug, "stale message: \(detail)")
        case .trainProgress(let progress):
            (.debug, "step \(progress.step) of \(progress.steps), loss \(progress.loss)")
        case .adopted(let attempt, let node): (.info, "\(node) still holds \(attempt)")
        case .suspected(let attempt, let node, let count, _):
            (.warning, "\(attempt) may have cost \(node) its process: \(count.counted("time")) so far")
        case .leaseExpired(let attempt, let node): (.warning, "\(node) did not renew its lease of \(attempt)")
        case .leaseNotReported(let attempt, let node): (.warning, "\(node) does not hold \(attempt) any more")
        case .speculated(let attempt, let node): (.info, "straggler: \(attempt) goes to \(node) as well")
        case .released(let attempt, let node): (.info, "\(node) handed back \(attempt)")
        case .systemFailure(let attempt, let node, let why): (.warning, "\(node) could not do \(attempt): \(why)")
        case .deterministicFailure(let attempt, let node, let why): (.warning, "\(attempt) fails on \(node): \(why)")
        case .fenced(_, let incarnation): (.info, "fenced incarnation \(incarnation.rawValue)")
        }
    }

    /// The attempt it is about.
    var attempt: Attempt? {
        switch self {
        case .leased(let attempt, _), .speculated(let attempt, _), .adopted(let attempt, _),
            .leaseExpired(let attempt, _), .leaseNotReported(let attempt, _), .released(let attempt, _),
            .suspected(let attempt, _, _, _), .systemFailure(let attempt, _, _),
            .deterministicFailure(let attempt, _, _), .accepted(let attempt, _, _), .duplicateIgnored(let attempt, _):
            attempt
        case .trainProgress(let progress): progress.attempt
        case .nodeJoined, .nodeLost, .nodeLeft, .nodeRejected, .fenced, .staleMessage, .phase: nil
        }
    }
}

extension WorkerNotice {
    /// Its level and its sentence.
    fileprivate var line: (Logger.Level, String) {
        switch self {
        case .leased(let attempt): (.debug, "leased \(attempt)")
        case .completed(let attempt): (.debug, "completed \(attempt)")
        case .acknowledged(let attempt): (.debug, "acknowledged \(attempt)")
        case .joined(let term): (.notice, "joined the run, term \(term.rawValue)")
        case .rejoining(let term):
            (.notice, "the coordinator is in term \(term.rawValue) now: joining again, work kept")
        case .fenced(_, let why): (.warning, "no longer a member: \(why); joining again as a new incarnation")
        case .refusedForNow(let rejection): (.warning, "refused for now: \(rejection.explanation)")
        case .stoppedInSilence(let duration):
            (.warning, "work stopped: no word from the coordinator for \(duration)")
        case .paused(let duration): (.warning, "this process stood still for \(duration)")
        }
    }

    /// The attempt it is about.
    fileprivate var attempt: Attempt? {
        switch self {
        case .leased(let attempt), .completed(let attempt), .acknowledged(let attempt): attempt
        default: nil
        }
    }
}

extension Attempt: CustomStringConvertible {
    /// For people: `sample task 3 of iteration 1 (train), attempt 2`.
    public var description: String { "\(task), attempt \(attempt)" }
}
