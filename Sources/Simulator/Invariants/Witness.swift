import Digests
import RolloutCore

/// Watches a run from outside and says which invariant broke first. It sees what processes do, send and store; where it
/// keeps books of its own (leases, attempts, terms) it does not use the books of the code under test.
struct Witness {
    let plan: RunPlan
    let truth: Truth?
    private(set) var violation: Violation?
    /// The input of every task leased so far.
    private(set) var works: [TaskID: TaskWork] = [:]
    var time: Nanoseconds = 0
    var leases = LeaseBooks()

    private var recorded: Set<TaskID> = []
    private var acceptedInTerm = 0
    private var results: [Digest: Digest] = [:]
    /// Results that the journal holds or will hold, and those of them that are on disk.
    private var settled: [TaskID: Digest] = [:]
    private var durableResults: [TaskID: Digest] = [:]
    /// Weights of the policies, by version.
    private var weights: [UInt32: Digest] = [:]
    private var lastTerm = Term(rawValue: 0)
    private var termIsDurable = false
    private var hasSent = false
    private var term = Term(rawValue: 0)
    private var sealed: [UInt32: SealedIteration] = [:]
    private var durablePolicies: Set<UInt32> = []
    private var acknowledged: Set<TaskID> = []

    init(plan: RunPlan, truth: Truth?) {
        self.plan = plan
        self.truth = truth
    }

    mutating func broke(_ invariant: Invariant, _ detail: @autoclosure () -> String) {
        guard violation == nil else { return }
        violation = Violation(invariant: invariant, time: time.duration, detail: detail())
    }

    mutating func expect(_ holds: Bool, _ invariant: Invariant, _ detail: @autoclosure () -> String) {
        if !holds { broke(invariant, detail()) }
    }

    // MARK: - A coordinator's life

    /// A coordinator starts from what the disk holds. Says how many acknowledged results have to be done again.
    mutating func recovered(_ records: [Record], term: Term) -> Int {
        self.term = term
        hasSent = false
        termIsDurable = false
        acceptedInTerm = 0
        leases = LeaseBooks()
        recorded = []
        settled = [:]
        durablePolicies = []
        var found: [UInt32: SealedIteration] = [:]
        for record in records {
            switch record {
            case .accepted(let result):
                let task = result.attempt.task
                recorded.insert(task)
                settled[task] = result.resultDigest
                expect(
                    durableResults[task] ?? result.resultDigest == result.resultDigest, .acceptedOnce,
                    "\(task) was on disk with another result")
            case .nullResult(let task, _): recorded.insert(task)
            case .sealed(let iteration): found[iteration.iteration] = iteration
            case .policyCommitted(let policy):
                durablePolicies.insert(policy.version)
                weights[policy.version] = policy.weights
            case .termStarted, .rationalesSealed, .trainingSetStored, .finished: break
            }
        }
        for (iteration, old) in sealed {
            expect(found[iteration] == old, .sealedForGood, "iteration \(iteration) was sealed and is not any more")
        }
        let lost = acknowledged.subtracting(recorded)
        acknowledged.subtract(lost)
        return lost.count
    }

    /// The coordinator made a fact.
    mutating func recording(_ record: Record) {
        switch record {
        case .accepted(let result): recording(result)
        case .nullResult(let task, let explanation):
            expect(recorded.insert(task).inserted, .acceptedOnce, "\(task) ended twice")
            expect(
                truth?.nulls.contains(task) ?? true, .finalDigest,
                "\(task) has no result (\(explanation)), but has one without faults")
        case .sealed(let iteration):
            let index = Int(iteration.iteration) - 1
            expect(
                truth.map { $0.sealed.indices.contains(index) && $0.sealed[index] == iteration } ?? true, .finalDigest,
                "the selection of iteration \(iteration.iteration) is another than without faults")
        case .policyCommitted(let policy): weights[policy.version] = policy.weights
        case .termStarted, .rationalesSealed, .trainingSetStored, .finished: break
        }
    }

    private mutating func recording(_ result: AcceptedResult) {
        let task = result.attempt.task
        expect(recorded.insert(task).inserted, .acceptedOnce, "\(task) was accepted twice")
        acceptedInTerm += 1
        settled[task] = result.resultDigest
        expect(
            source(of: task).map { plan.inputDigest(of: task, from: $0) == result.inputDigest } ?? true,
            .iterationPolicy,
            "\(task) was accepted for input \(result.inputDigest.short), which is not what was recorded before it")
        if plan.recordedOnly.contains(task.kind) { return }
        let known = results[result.inputDigest] ?? truth?.results[task] ?? result.resultDigest
        results[result.inputDigest] = known
        expect(
            truth.map { $0.inputs[task] == result.inputDigest } ?? true, .iterationPolicy,
            "\(task) was accepted for input \(result.inputDigest.short), which is not the iteration's")
        expect(known == result.resultDigest, .sameInputSameResult, "\(task) gave another result on \(result.node)")
    }

    /// What a task's input is made of by what is recorded; `nil` where this is not followed.
    private func source(of task: TaskID) -> TaskSource? {
        switch task.kind {
        case .sample: weights[task.policyVersion].map { .sample(policy: $0) }
        case .score: settled[task.sibling(.sample)].map { .score(sampled: $0) }
        case .train, .rationale: nil
        }
    }

    /// A result other than the one that stands, from a program that answers as it likes.
    func isOtherAnswer(_ result: TaskResult) -> Bool {
        guard let standing = settled[result.attempt.task] else { return false }
        return plan.recordedOnly.contains(result.attempt.task.kind) && standing != result.resultDigest
    }

    /// An effect that made a fact is done: others may follow from it.
    mutating func recordedVisibly(_ record: Record) {
        if case .sealed(let iteration) = record { sealed[iteration.iteration] = iteration }
    }

    /// A commit returned.
    mutating func synced(_ records: [Record]) {
        for record in records {
            switch record {
            case .termStarted(let started) where started == term: termIsDurable = true
            case .policyCommitted(let policy): durablePolicies.insert(policy.version)
            case .accepted(let result): durableResults[result.attempt.task] = result.resultDigest
            default: break
            }
        }
    }

    /// What the coordinator counted against what it recorded.
    mutating func compare(_ counters: Counters) {
        let acceptedInTerm = acceptedInTerm
        expect(
            counters.accepted == acceptedInTerm, .acceptedOnce,
            "\(counters.accepted) results counted as accepted, but \(acceptedInTerm) recorded")
    }

    // MARK: - Messages of the coordinator

    mutating func sending(_ message: CoordinatorMessage, disk: Disk) {
        let term = term
        if !hasSent {
            hasSent = true
            let lastTerm = lastTerm
            expect(term > lastTerm, .termsIncrease, "term \(term.rawValue) follows term \(lastTerm.rawValue)")
            self.lastTerm = max(term, lastTerm)
        }
        expect(termIsDurable, .termsIncrease, "term \(term.rawValue) sends before it is on disk")
        switch message {
        case .policy(let policy): announcing(policy, disk)
        case .lease(let lease):
            leasing(lease.work, of: lease.attempt.task)
            if case .sample(let work) = lease.work { announcing(work.policy, disk) }
        case .welcome, .reject, .heartbeatAck, .resultAck, .cancel, .fenced, .chunkRequest, .chunk, .drain, .page: break
        }
    }

    private mutating func announcing(_ policy: PolicyManifest, _ disk: Disk) {
        expect(
            durablePolicies.contains(policy.version), .announcedWhenDurable,
            "policy \(policy.version) is announced before its commit is on disk")
        guard let delta = policy.delta else { return }
        expect(
            disk.blobs[delta.digest] != nil, .announcedWhenDurable,
            "policy \(policy.version) is announced and its delta is not on disk")
    }

    private mutating func leasing(_ work: TaskWork, of task: TaskID) {
        works[task] = work
        guard let truth else { return }
        expect(
            truth.works[task].map { work.isKeyed(as: $0) } ?? false, .learningRandomness,
            "the input of \(task) is not the one of a run without faults")
    }

    mutating func acknowledging(_ ack: ResultAck, hasEnded: Bool) {
        // What is of no use any more is acknowledged as well.
        guard (truth?.results ?? settled)[ack.task] == ack.resultDigest else { return }
        expect(hasEnded, .acknowledgedIsDone, "\(ack.task) is acknowledged and not recorded")
        acknowledged.insert(ack.task)
    }

    // MARK: - Others

    /// A message of an incarnation that is no member was handled.
    mutating func handledOutsider(_ effects: [CoordinatorEffect]) {
        for effect in effects {
            switch effect {
            case .journal: broke(.fencedHasNoEffect, "a message of a fenced incarnation was recorded")
            case .note(.accepted), .note(.released), .note(.systemFailure), .note(.deterministicFailure),
                .note(.duplicateIgnored):
                broke(.fencedHasNoEffect, "a message of a fenced incarnation had an effect")
            default: break
            }
        }
    }

    mutating func members(_ members: [(node: String, role: Role, incarnation: Incarnation)]) {
        for (index, member) in members.enumerated() {
            expect(
                !members[..<index].contains { $0.node == member.node && $0.role == member.role }, .fencedHasNoEffect,
                "two processes of \(member.role) \(member.node) are members")
        }
    }

    mutating func queued(_ bytes: Int, limit: Int) {
        expect(bytes <= limit, .withinBounds, "\(bytes) bytes wait on a link that holds \(limit)")
    }

    mutating func decodedDamaged() { broke(.corruptChangesNothing, "a damaged frame was taken for a valid one") }

    /// The run is over.
    mutating func ended(_ outcome: Outcome, disk: Disk) {
        if let name = disk.strangeName { broke(.insideRunDirectory, "a file named \(name) was opened") }
        if let truth { compare(truth, with: disk, outcome: outcome) }
    }

    /// What is on disk at the end against what a run without faults learned.
    mutating func compare(_ truth: Truth, with disk: Disk, outcome: Outcome?) {
        var sealed: [SealedIteration] = []
        var weights: [Digest] = []
        for record in disk.records {
            if case .sealed(let iteration) = record { sealed.append(iteration) }
            if case .policyCommitted(let policy) = record { weights.append(policy.weights) }
        }
        expect(weights == truth.weights, .finalDigest, "the policies are others than without faults")
        expect(sealed == truth.sealed, .finalDigest, "the selection is another than without faults")
        expect(outcome == truth.outcome, .finalDigest, "the outcome is another than without faults")
    }
}
