import Digests

/// Where a task stands: PENDING → LEASED → DONE | NULL | QUARANTINED, and back to PENDING whenever a lease is lost.
enum TaskState: Sendable, Equatable {
    case pending(notBefore: Instant)
    case leased(attempt: UInt32, holder: Incarnation)
    case done(Digest)
    case null
    case quarantined(String)

    var isSettled: Bool {
        switch self {
        case .done, .null: true
        case .pending, .leased, .quarantined: false
        }
    }
}

/// What is known of one task.
struct TaskEntry: Sendable, Equatable {
    struct Failure: Sendable, Equatable {
        var attempt: UInt32
        var node: String
        var explanation: String
    }

    /// A second lease, beside the one of `state`.
    struct Copy: Sendable, Equatable {
        var attempt: UInt32
        var holder: Incarnation
    }

    var state: TaskState
    /// The second lease of a straggler; only while leased.
    var copy: Copy?
    /// Number of the latest attempt.
    var attempts: UInt32 = 0
    /// Leases lost for whatever reason but a voluntary release: the exponent of the backoff.
    var losses = 0
    /// Losses the task itself may have caused: it was running when its node died, or its node said so.
    var suspicions = 0
    /// Deterministic failures, one per attempt and node.
    var failures: [Failure] = []
    /// Of a score task that failed deterministically: the first attempt that is to settle it (see `Lease.settles`).
    var settlesFrom: UInt32?

    /// Whether that attempt is leased to that member now.
    func isLeased(_ attempt: UInt32, to holder: Incarnation) -> Bool {
        state == .leased(attempt: attempt, holder: holder) || copy == Copy(attempt: attempt, holder: holder)
    }

    /// The leases there are: none, one, or a straggler's two.
    var leases: [Copy] {
        guard case .leased(let attempt, let holder) = state else { return [] }
        return [Copy(attempt: attempt, holder: holder)] + [copy].compactMap { $0 }
    }
}

/// Every task that exists now, and the order in which pending ones are offered.
struct TaskTable: Sendable, Equatable {
    /// Losses that a task may have caused, after which a person has to look.
    private let suspicionLimit: Int
    private var entries: [TaskID: TaskEntry] = [:]
    private var pending: [TaskKind: PendingQueue] = [:]
    private var tallies: [TaskGroup: TaskTally] = [:]
    /// Counts how often a task became pending.
    private(set) var offers = 0
    var mutations = Mutations.none

    init(suspicionLimit: Int = Coordinator.suspicionLimit) { self.suspicionLimit = suspicionLimit }

    subscript(task: TaskID) -> TaskEntry? { entries[task] }

    /// Tasks by state, in canonical order of their groups.
    var tally: [TaskTally] { tallies.keys.sorted().compactMap { tallies[$0] } }

    /// Every task with a recorded end, and which.
    var settled: [TaskID: TaskState] { entries.compactMapValues { $0.state.isSettled ? $0.state : nil } }

    var isAnythingPending: Bool { pending.values.contains { !$0.isEmpty } }

    func isAnythingPending(_ kinds: [TaskKind]) -> Bool { kinds.contains { pending[$0]?.isEmpty == false } }

    func tally(_ group: TaskGroup) -> TaskTally { tallies[group] ?? TaskTally(group: group) }

    func settledCount(_ group: TaskGroup) -> Int {
        tallies[group].map { $0.done + $0.null } ?? 0
    }

    /// Makes a task available; one that exists already is left alone.
    mutating func offer(_ task: TaskID, at now: Instant) {
        guard entries[task] == nil else { return }
        change(task, to: TaskEntry(state: .pending(notBefore: now)))
    }

    /// The best pending task of a kind whose backoff is over and that `isAllowed`.
    func next(_ kind: TaskKind, at now: Instant, where isAllowed: (TaskEntry) -> Bool) -> TaskID? {
        pending[kind]?.first { task in
            guard let entry = entries[task], case .pending(let notBefore) = entry.state else { return false }
            return notBefore <= now && isAllowed(entry)
        }
    }

    /// Leases a pending task as its next attempt.
    mutating func lease(_ task: TaskID, to holder: Incarnation) -> Attempt? {
        guard var entry = entries[task], case .pending = entry.state else { return nil }
        entry.attempts += mutations.has(.skipsAttempts) && entry.attempts > 0 ? 2 : 1
        if task.kind == .score, !entry.failures.isEmpty { entry.settlesFrom = entry.settlesFrom ?? entry.attempts }
        entry.state = .leased(attempt: entry.attempts, holder: holder)
        change(task, to: entry)
        return Attempt(task: task, attempt: entry.attempts)
    }

    /// Leases a leased task a second time, as its next attempt.
    mutating func copy(_ task: TaskID, to holder: Incarnation) -> Attempt? {
        guard var entry = entries[task], case .leased = entry.state, entry.copy == nil else { return nil }
        entry.attempts += 1
        entry.copy = TaskEntry.Copy(attempt: entry.attempts, holder: holder)
        change(task, to: entry)
        return Attempt(task: task, attempt: entry.attempts)
    }

    /// Takes up an attempt that a node reports as held while the task is pending.
    mutating func adopt(_ attempt: Attempt, by holder: Incarnation) -> Bool {
        guard var entry = entries[attempt.task], case .pending = entry.state else { return false }
        entry.attempts = max(entry.attempts, attempt.attempt)
        entry.state = .leased(attempt: attempt.attempt, holder: holder)
        change(attempt.task, to: entry)
        return true
    }

    enum Loss: Equatable {
        /// Handed back: no backoff, nobody's fault.
        case released
        /// Lost on the way or with its node.
        case lost
        /// Lost while it may itself have been the cause.
        case suspicious(String)
    }

    /// A lease ended without a result: the task is pending again, or its other lease goes on; after too many suspicious
    /// losses it is quarantined.
    mutating func lose(_ attempt: Attempt, _ loss: Loss, at now: Instant, backoff: Backoff, jitter: inout SplitMix) {
        guard var entry = entries[attempt.task], case .leased(let first, _) = entry.state,
            attempt.attempt == first || attempt.attempt == entry.copy?.attempt
        else { return }
        var explanation = ""
        switch loss {
        case .released: break
        case .lost:
            entry.losses += 1
        case .suspicious(let reason):
            entry.losses += 1
            entry.suspicions += 1
            explanation = reason
        }
        if let copy = entry.copy {
            if attempt.attempt == first { entry.state = .leased(attempt: copy.attempt, holder: copy.holder) }
            entry.copy = nil
        } else {
            let delay = loss == .released ? .zero : backoff.delay(losses: entry.losses, jitter: &jitter)
            entry.state = .pending(notBefore: now.advanced(by: delay))
        }
        if entry.suspicions >= suspicionLimit {
            entry.state = .quarantined(explanation)
            entry.copy = nil
        }
        change(attempt.task, to: entry)
    }

    /// Writes a deterministic failure down, once per attempt and node.
    mutating func addFailure(_ failure: TaskEntry.Failure, of task: TaskID) {
        guard var entry = entries[task],
            !entry.failures.contains(where: { $0.attempt == failure.attempt && $0.node == failure.node })
        else { return }
        entry.failures.append(failure)
        change(task, to: entry)
    }

    /// The task has a recorded end, whether or not it was offered in this term.
    mutating func settle(_ task: TaskID, _ state: TaskState) {
        var entry = entries[task] ?? TaskEntry(state: state)
        entry.state = state
        entry.copy = nil
        entry.failures = []
        change(task, to: entry)
    }

    private mutating func change(_ task: TaskID, to entry: TaskEntry) {
        let old = entries.updateValue(entry, forKey: task)
        var tally = tallies[task.group] ?? TaskTally(group: task.group)
        if let old {
            tally.count(old.state, -1)
            if case .pending = old.state { pending[task.kind]?.remove(task) }
        }
        tally.count(entry.state, 1)
        tallies[task.group] = tally
        guard case .pending = entry.state else { return }
        pending[task.kind, default: PendingQueue()].insert(task)
        offers += 1
    }
}

/// How many tasks of a group are in which state.
public struct TaskTally: Sendable, Equatable {
    /// The group counted.
    public let group: TaskGroup
    /// Waiting for a node, or for their backoff.
    public fileprivate(set) var pending = 0
    /// Leased to a node.
    public fileprivate(set) var leased = 0
    /// With an accepted result.
    public fileprivate(set) var done = 0
    /// Recorded without a result.
    public fileprivate(set) var null = 0
    /// Set aside for a person.
    public fileprivate(set) var quarantined = 0

    init(group: TaskGroup) { self.group = group }

    fileprivate mutating func count(_ state: TaskState, _ step: Int) {
        switch state {
        case .pending: pending += step
        case .leased: leased += step
        case .done: done += step
        case .null: null += step
        case .quarantined: quarantined += step
        }
    }
}
