// How the run moves on: what is next is read off the recorded facts, done, and read again.
extension Coordinator {
    mutating func advance(at now: Instant) {
        if !rederive(at: now) {
            while halted == nil, step(at: now) {}
            offerEvaluations(at: now)
        }
        if lastPhase != phase {
            lastPhase = phase
            note(.phase(phase))
        }
    }

    /// Does the next thing; whether that changed what is next.
    private mutating func step(at now: Instant) -> Bool {
        switch schedule.stage {
        case .rationalizing:
            offerRationales(at: now)
            guard hasAllRationales else { return false }
            journal(.rationalesSealed(rationaleSeal), durable: true)
            return true
        case .committing(let policy):
            commit(policy)
            return true
        case .storing(let iteration):
            if requestedTrainingSet != iteration {
                requestedTrainingSet = iteration
                effects.append(.storeTrainingSet(iteration: iteration))
            }
            return false
        case .training(let iteration):
            tasks.offer(.train(iteration), at: now)
            return false
        case .sampling(let iteration):
            let source = plan.sampling(for: iteration)
            offer(iteration: source, split: .train, at: now)
            return isJudged(iteration: source, split: .train) && sealed(iteration)
        case .validating:
            return false
        case .evaluating:
            guard schedule.isEvaluated else { return false }
            finish()
            return false
        case .finished:
            return false
        }
    }

    private mutating func sealed(_ iteration: UInt32) -> Bool {
        let sealed = seal(iteration)
        guard !sealed.kept.isEmpty else {
            halt(.nothingSelected(iteration: iteration, sealed.counts))
            return false
        }
        journal(.sealed(sealed), durable: !mutations.has(.sealsWithoutSync))
        return true
    }

    /// Durable first, then known to the samplers.
    private mutating func commit(_ policy: PolicyManifest) {
        if mutations.has(.announcesBeforeCommit) { announce(policy) }
        journal(.policyCommitted(policy), durable: true)
        if !mutations.has(.announcesBeforeCommit) { announce(policy) }
    }

    private mutating func announce(_ policy: PolicyManifest) {
        for member in membership.all where member.role == .sampler { send(.policy(policy), to: member) }
    }

    /// What the evaluations come to.
    var ending: Outcome { Outcome(evaluations: schedule.evaluations, lastPolicy: schedule.lastPolicy) }

    private mutating func finish() {
        let outcome = ending
        journal(.finished(outcome), durable: true)
        effects.append(.finish(outcome))
        drain()
    }

    private mutating func offerEvaluations(at now: Instant) {
        for policy in schedule.policies {
            for split in plan.evaluatedSplits { offer(iteration: policy.version, split: split, at: now) }
        }
    }

    /// Makes the tasks of a step available: sample tasks at once, a score task when its sample task is done.
    private mutating func offer(iteration: UInt32, split: Split, at now: Instant) {
        let group = TaskGroup(iteration: iteration, split: split, kind: .sample)
        guard offered.insert(group).inserted else { return }
        for index in 0..<plan.taskCount(group) {
            let task = group.task(index)
            tasks.offer(task, at: now)
            if case .done? = tasks[task]?.state { tasks.offer(task.sibling(.score), at: now) }
        }
    }

    // MARK: - Answers of the shell

    mutating func trainingSetStored(_ manifest: BlobManifest, iteration: UInt32) {
        guard schedule.stage == .storing(iteration: iteration) else { return }
        journal(.trainingSetStored(iteration: iteration, manifest), durable: true)
    }

    /// The delta is here: the M-step is accepted and its policy committed before the learner may forget it.
    mutating func policyStored(_ policy: PolicyManifest, at now: Instant) {
        guard let fetch, fetch.policy == policy else { return }
        self.fetch = nil
        if let recorded = rederived[policy.version] { return restored(fetch, recorded: recorded) }
        let accepted = record(fetch.result, node: fetch.node, incarnation: fetch.incarnation, at: now)
        guard accepted else { return }
        commit(policy)
        let ack = ResultAck(task: fetch.result.attempt.task, resultDigest: fetch.result.resultDigest)
        if let member = membership[fetch.incarnation] { send(.resultAck(ack), to: member) }
    }

    mutating func policyFetchFailed(_ task: TaskID, from session: SessionID, explanation: String, at now: Instant) {
        guard let fetch, fetch.session == session, fetch.result.attempt.task == task else { return }
        self.fetch = nil
        counters.infrastructure.fetchesFailed += 1
        // The result may be an earlier attempt's: its node was leased the task again while it was fetched.
        let lease = tasks[task]?.leases.first { $0.holder == fetch.incarnation }
        let attempt = lease.map { Attempt(task: task, attempt: $0.attempt) }
        note(.systemFailure(attempt ?? fetch.result.attempt, node: fetch.node, explanation: explanation))
        if let attempt {
            // The training went well; the way from its node did not, and that is never the task's fault.
            lose(attempt, of: fetch.incarnation, .lost, at: now)
        }
    }
}
