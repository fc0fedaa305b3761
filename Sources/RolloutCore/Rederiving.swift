import Digests

// A policy whose delta the disk lost is no loss: an M-step is a pure function, so it runs again before anything else does,
// and must give what was recorded. The journal is not touched: it says nothing new.
extension Coordinator {
    /// The delta of a committed policy is not on disk any more. Said before `start`.
    public mutating func lost(policy version: UInt32) {
        guard let policy = schedule.policy(version), policy.delta != nil,
            case .done(let digest)? = tasks[.train(version)]?.state
        else { return }
        rederived[version] = digest
    }

    /// Versions whose M-step has to run again.
    public var lostPolicies: [UInt32] { rederived.keys.sorted() }

    /// Offers the M-step of the first lost policy; false when none is lost. Later ones may start from it.
    mutating func rederive(at now: Instant) -> Bool {
        guard let version = rederived.keys.min() else { return false }
        tasks.reopen(.train(version), at: now)
        return true
    }

    /// A lost delta is on disk again.
    mutating func restored(_ fetch: PolicyFetch, recorded: Digest) {
        let version = fetch.policy.version
        guard fetch.result.resultDigest == recorded else {
            return halt(
                .determinismViolation(
                    .train(version), first: recorded, second: fetch.result.resultDigest, node: fetch.node))
        }
        guard schedule.policy(version) == fetch.policy else {
            let explanation = "its weights are the recorded ones, but this version writes their delta in other bytes"
            return halt(.trainingFailed(iteration: version, explanation: explanation))
        }
        endLease(of: .train(version), exceptFor: fetch.incarnation)
        tasks.settle(.train(version), .done(recorded))
        rederived[version] = nil
        let ack = ResultAck(task: .train(version), resultDigest: recorded)
        if let member = membership[fetch.incarnation] { send(.resultAck(ack), to: member) }
        if rederived.isEmpty, let outcome = schedule.outcome {
            effects.append(.finish(outcome))
            drain()
        }
    }
}

extension TaskTable {
    /// Makes a task that is done available again, once.
    mutating func reopen(_ task: TaskID, at now: Instant) {
        guard case .done? = self[task]?.state else { return }
        settle(task, .pending(notBefore: now))
    }
}
