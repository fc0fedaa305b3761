import Logging
public import RolloutCore

// How notices read in a log.
extension Logger {
    /// Logs what the coordinator's value noticed.
    func log(_ notice: Notice) {
        switch notice {
        case .leased, .accepted, .duplicateIgnored, .staleMessage, .trainProgress: debug("\(notice)")
        case .phase(let phase): self.notice("phase: \(phase)")
        case .nodeJoined(_, let node, let role, let slots): self.notice("\(role) \(node) joined with \(slots) slots")
        case .nodeLeft(_, let node, let role): self.notice("\(role) \(node) left")
        case .nodeLost(_, let node, let role, let held): warning("\(role) \(node) was lost with \(held) tasks")
        case .nodeRejected(_, let rejection): warning("refused a node: \(rejection.explanation)")
        case .adopted(let attempt, let node): info("\(node) still holds \(attempt)")
        case .suspected(let attempt, let node, let count, _):
            warning("\(attempt) may have cost \(node) its process: \(count) times so far")
        case .leaseExpired(let attempt, let node): warning("\(node) did not renew its lease of \(attempt)")
        case .leaseNotReported(let attempt, let node): warning("\(node) does not hold \(attempt) any more")
        case .speculated(let attempt, let node): info("straggler: \(attempt) goes to \(node) as well")
        case .released(let attempt, let node): info("\(node) handed back \(attempt)")
        case .systemFailure(let attempt, let node, let why): warning("\(node) could not do \(attempt): \(why)")
        case .deterministicFailure(let attempt, let node, let why): warning("\(attempt) fails on \(node): \(why)")
        case .fenced(_, let incarnation): info("fenced incarnation \(incarnation.rawValue)")
        }
    }

    /// Logs what a node's value noticed.
    func log(_ notice: WorkerNotice) {
        switch notice {
        case .leased(let attempt): debug("leased \(attempt)")
        case .completed(let attempt): debug("completed \(attempt)")
        case .acknowledged(let attempt): debug("acknowledged \(attempt)")
        case .joined(let term): self.notice("joined the run, term \(term.rawValue)")
        case .rejoining(let term):
            self.notice("the coordinator is in term \(term.rawValue) now: joining again, work kept")
        case .fenced(_, let why): warning("no longer a member: \(why); joining again as a new incarnation")
        case .refusedForNow(let rejection): warning("refused for now: \(rejection.explanation)")
        case .stoppedInSilence(let duration): warning("work stopped: no word from the coordinator for \(duration)")
        case .paused(let duration): warning("this process stood still for \(duration)")
        }
    }
}

extension Attempt: CustomStringConvertible {
    /// For people: `sample task 3 of iteration 1 (train), attempt 2`.
    public var description: String { "\(task), attempt \(attempt)" }
}
