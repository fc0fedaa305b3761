import Digests

/// A journal that cannot be the journal of this run.
public struct RecoveryError: Error, Sendable, Equatable, CustomStringConvertible {
    /// One sentence: what contradicts what.
    public let description: String

    init(_ description: String) { self.description = description }
}

// Every record is checked against the plan and the records before it, before it is applied: input digest, result digest,
// shape, and for a sealed iteration the whole selection made again.
extension Coordinator {
    func check(_ record: Record) throws(RecoveryError) {
        switch record {
        case .termStarted(let recorded):
            guard recorded < term else {
                throw RecoveryError(
                    "the journal is in term \(recorded.rawValue): term \(term.rawValue) is not a later one")
            }
        case .accepted(let result):
            try check(result)
        case .nullResult(let task, _):
            guard plan.contains(task), task.kind != .train, tasks[task]?.state.isSettled != true,
                inputDigest(of: task) != nil
            else { throw RecoveryError("the journal has a null result for \(task), which is not open at that point") }
        case .sealed(let iteration):
            try check(iteration)
        case .rationalesSealed(let rationales):
            guard schedule.stage == .rationalizing, hasAllRationales else {
                throw RecoveryError("the journal seals the rationales before all their tasks ended")
            }
            guard rationales == rationaleSeal else {
                throw RecoveryError(
                    "the sealed rationales are not what their recorded results give: the journal is damaged")
            }
        case .trainingSetStored(let iteration, _):
            guard schedule.stage == .storing(iteration: iteration) else {
                throw RecoveryError("the journal stores the training set of iteration \(iteration) out of turn")
            }
        case .policyCommitted(let policy):
            guard schedule.stage == .committing(policy) else {
                throw RecoveryError("the journal commits policy \(policy.version), which no accepted training produced")
            }
        case .finished(let outcome):
            guard schedule.stage == .evaluating, schedule.isEvaluated else {
                throw RecoveryError("the journal ends the run before everything is evaluated")
            }
            guard outcome == self.ending else {
                throw RecoveryError("the journal's outcome is not what its recorded results give: it is damaged")
            }
        }
    }

    private func check(_ result: AcceptedResult) throws(RecoveryError) {
        let task = result.attempt.task
        guard plan.contains(task), tasks[task]?.state.isSettled != true else {
            throw RecoveryError("the journal accepts \(task), which is not open at that point")
        }
        guard inputDigest(of: task) == result.inputDigest else {
            throw RecoveryError("the journal accepts \(task) with another input than this run's: it is of another run")
        }
        if let defect = defect(of: result.output, for: task) {
            throw RecoveryError("the journal's result of \(task) is damaged: \(defect)")
        }
        guard result.output.digest == result.resultDigest else {
            throw RecoveryError("the journal's result of \(task) is damaged: its digest is not the recorded one")
        }
    }

    private func check(_ iteration: SealedIteration) throws(RecoveryError) {
        let number = iteration.iteration
        guard schedule.stage == .sampling(iteration: number),
            isJudged(iteration: plan.sampling(for: number), split: .train)
        else {
            throw RecoveryError("the journal seals iteration \(number) before all its tasks ended")
        }
        guard seal(number) == iteration else {
            throw RecoveryError(
                "the sealed iteration \(number) is not what its recorded results give: the journal is damaged")
        }
    }
}

extension TaskID: CustomStringConvertible {
    /// For people: `sample 1/train/3`.
    public var description: String { "\(kind) \(iteration)/\(split)/\(index)" }
}
