import Digests

// What nodes send back. Every result is answered with a ResultAck sooner or later, so that its node may forget it: at once
// when it is accepted, known, or of no use; for an M-step when its policy is committed.
extension Coordinator {
    mutating func receive(_ result: TaskResult, from member: Member, at now: Instant) {
        let task = result.attempt.task
        let isWanted = inputDigest(of: task) == result.inputDigest || mutations.has(.ignoresInputs)
        guard plan.contains(task), isWanted else {
            counters.infrastructure.stale += 1
            note(.staleMessage(member.session, "result of \(task) for an input that is not this run's, or not yet"))
            // What it was made from may have been lost in a crash and come again: such a node keeps its result.
            let mayCome = plan.contains(task) && inputDigest(of: task) == nil && tasks[task]?.state != .null
            if !mayCome { acknowledge(result, to: member) }
            return
        }
        switch tasks[task]?.state {
        case .done(let digest):
            receiveAgain(result, accepted: digest, from: member)
        case .null:
            acknowledge(result, to: member)
        // A result of an earlier term may be of a task that this term offers only later: it is as good as any.
        case .pending, .leased, .quarantined, nil:
            let digestDefect =
                result.output.digest == result.resultDigest ? nil : "its digest is not that of its output"
            if let defect = digestDefect ?? defect(of: result.output, for: task) {
                refuse(result, from: member, "result of \(task) is invalid: \(defect)", at: now)
            } else if case .train(let trained) = result.output {
                receive(trained, result: result, from: member, at: now)
            } else if mutations.has(.acknowledgesUnrecorded), case .pending? = tasks[task]?.state {
                acknowledge(result, to: member)
            } else if record(result, node: member.node, incarnation: member.incarnation, at: now) {
                acknowledge(result, to: member)
                if task.kind == .sample { tasks.offer(task.sibling(.score), at: now) }
            }
        }
    }

    /// A pure task gives the same answer twice, or something is broken that no retry mends. What was asked of a program
    /// outside may come out differently: the recorded answer stands.
    private mutating func receiveAgain(_ result: TaskResult, accepted digest: Digest, from member: Member) {
        if digest == result.resultDigest || plan.recordedOnly.contains(result.attempt.task.kind) {
            counters.duplicates += 1
            if mutations.has(.countsDuplicates) { counters.accepted += 1 }
            if mutations.has(.acceptsTwice), result.attempt.task.kind != .train {
                journal(accepted(result, member.node), durable: false)
            }
            note(.duplicateIgnored(result.attempt, node: member.node))
        } else if result.output.digest == result.resultDigest {
            halt(
                .determinismViolation(
                    result.attempt.task, first: digest, second: result.resultDigest, node: member.node))
        }
        acknowledge(result, to: member)
    }

    private mutating func refuse(_ result: TaskResult, from member: Member, _ defect: String, at now: Instant) {
        counters.infrastructure.invalidResults += 1
        note(.systemFailure(result.attempt, node: member.node, explanation: defect))
        acknowledge(result, to: member)
        if leases.of(member.incarnation).contains(where: { $0.attempt == result.attempt }) {
            lose(result.attempt, of: member.incarnation, .suspicious(defect), at: now)
        }
    }

    /// The M-step is done, but its weights still lie at the learner.
    private mutating func receive(
        _ trained: TrainedPolicy, result: TaskResult, from member: Member, at now: Instant
    ) {
        if let fetch {
            let isSameTask = fetch.result.attempt.task == result.attempt.task
            let isPure = !plan.recordedOnly.contains(.train)
            if isSameTask, isPure, fetch.result.resultDigest != result.resultDigest {
                halt(
                    .determinismViolation(
                        result.attempt.task, first: fetch.result.resultDigest, second: result.resultDigest,
                        node: member.node))
                return
            }
            // One at a time: it is under way already, or comes again later; unless the source of that one is gone.
            if membership[fetch.incarnation] != nil { return }
        }
        let fetch = PolicyFetch(
            result: result, policy: trained.policy, node: member.node, incarnation: member.incarnation,
            session: member.session)
        start(fetch)
        if mutations.has(.acknowledgesUnfetched) { acknowledge(result, to: member) }
        if trained.policy.delta == nil { policyStored(trained.policy, at: now) }
    }

    mutating func start(_ fetch: PolicyFetch) {
        self.fetch = fetch
        guard fetch.policy.delta != nil else { return }
        effects.append(.fetchPolicy(fetch.session, fetch.incarnation, fetch.result.attempt.task, fetch.policy))
    }

    /// Accepts a valid result, whoever holds the lease now; false when its task has ended meanwhile.
    mutating func record(_ result: TaskResult, node: String, incarnation: Incarnation, at now: Instant) -> Bool {
        let task = result.attempt.task
        let entry = tasks[task]
        guard entry?.state.isSettled != true else { return false }
        let isLate = entry?.isLeased(result.attempt.attempt, to: incarnation) != true
        if let lease = leases.of(incarnation).first(where: { $0.attempt == result.attempt }) {
            speculation.finished(task.group, after: lease.granted.duration(to: now))
        }
        counters.accepted += 1
        if isLate { counters.acceptedLate += 1 }
        endLease(of: task, exceptFor: incarnation)
        journal(accepted(result, node), durable: false)
        note(.accepted(result.attempt, node: node, late: isLate))
        return true
    }

    private func accepted(_ result: TaskResult, _ node: String) -> Record {
        .accepted(
            AcceptedResult(
                attempt: result.attempt, node: node, inputDigest: result.inputDigest,
                resultDigest: result.resultDigest, output: result.output, computeTime: result.computeTime))
    }

    private mutating func acknowledge(_ result: TaskResult, to member: Member) {
        send(.resultAck(ResultAck(task: result.attempt.task, resultDigest: result.resultDigest)), to: member)
    }

    // MARK: - Failures

    mutating func receive(_ failure: TaskFailure, from member: Member, at now: Instant) {
        let task = failure.attempt.task
        guard let entry = tasks[task], !entry.state.isSettled, inputDigest(of: task) == failure.inputDigest else {
            counters.infrastructure.stale += 1
            note(.staleMessage(member.session, "failure of \(task), which is not open"))
            return
        }
        let isCurrent = entry.isLeased(failure.attempt.attempt, to: member.incarnation)
        switch failure.failureClass {
        case .system:
            guard isCurrent else { return }
            counters.infrastructure.systemFailures += 1
            note(.systemFailure(failure.attempt, node: member.node, explanation: failure.explanation))
        case .deterministic:
            let known = entry.failures.count
            tasks.addFailure(
                TaskEntry.Failure(
                    attempt: failure.attempt.attempt, node: member.node, explanation: failure.explanation), of: task)
            guard (tasks[task]?.failures.count ?? 0) > known else { return }
            counters.data.deterministicFailures += 1
            note(.deterministicFailure(failure.attempt, node: member.node, explanation: failure.explanation))
            if isAgreed(on: failure) {
                conclude(task, failure.explanation)
                return
            }
        }
        if isCurrent { lose(failure.attempt, of: member.incarnation, .suspicious(failure.explanation), at: now) }
    }

    /// Two nodes failed the same way; or one did twice, where there is no other to ask. A score task that fails is leased
    /// once more to be settled, and ends if that fails too, whatever the words: what a reward's program says may differ
    /// each time.
    private func isAgreed(on failure: TaskFailure) -> Bool {
        guard let entry = tasks[failure.attempt.task] else { return false }
        let task = failure.attempt.task
        if task.kind == .score { return entry.settlesFrom.map { failure.attempt.attempt >= $0 } ?? false }
        let same = entry.failures.filter { $0.explanation == failure.explanation }
        if Set(same.map(\.node)).count >= 2 || mutations.has(.nullAfterOneFailure) { return true }
        return same.count >= 2 && membership.nodes(task.kind.role).count <= 1
    }

    mutating func conclude(_ task: TaskID, _ explanation: String) {
        endLease(of: task, exceptFor: nil)
        if task.kind == .train {
            halt(.trainingFailed(iteration: task.iteration, explanation: explanation))
        } else {
            journal(.nullResult(task, explanation: explanation), durable: false)
        }
    }
}
