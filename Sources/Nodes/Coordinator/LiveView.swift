import RolloutCore
import RunStore
import Transport

/// The picture of the run that people see, written about once a second; and what the run waits for, in words.
struct LiveView {
    private let traffic: @Sendable () -> TransportCounters
    private var metrics: CoordinatorMetrics
    private var stragglers = StragglerReport()
    private var tasksDone: [String: Int] = [:]
    private var computeTime: [String: Duration] = [:]
    private var tokens: [String: Int] = [:]
    private var training: TrainProgress?
    private var weightsSent: UInt64 = 0
    private var lastWrite: Instant?
    private var idleSince: Instant?
    private var lastWaitReport: Instant?

    /// - Parameter traffic: The transport's counters, read on its loop.
    init(
        metrics: CoordinatorMetrics = CoordinatorMetrics(), traffic: @escaping @Sendable () -> TransportCounters
    ) {
        self.metrics = metrics
        self.traffic = traffic
    }

    mutating func note(_ notice: Notice) {
        metrics.note(notice)
        switch notice {
        case .accepted(let attempt, let node, _):
            tasksDone[node, default: 0] += 1
            if attempt.task.kind == .train { training = nil }
        case .trainProgress(let progress): training = progress
        default: break
        }
    }

    mutating func note(_ record: Record) { metrics.note(record) }

    /// Takes what statistics need from a node's message.
    mutating func heard(_ envelope: Envelope<NodeMessage>, from node: String?) {
        guard let node, case .result(let result) = envelope.message, case .sample(let trajectories) = result.output
        else {
            return
        }
        tokens[node, default: 0] += trajectories.reduce(0) { $0 + $1.tokens.count }
        computeTime[node, default: .zero] += result.computeTime
    }

    mutating func sent(weights bytes: Int) { weightsSent += UInt64(bytes) }

    /// Writes the picture when a second has passed, and returns lines about what has been waited for.
    @discardableResult
    mutating func update(
        _ coordinator: Coordinator, journal: Journal, at now: Instant, force: Bool = false
    ) throws -> [String] {
        if let lastWrite, !force, lastWrite.duration(to: now) < .seconds(1) { return [] }
        lastWrite = now
        let status = coordinator.status(at: now)
        let counters = traffic()
        let speeds = tokens.reduce(into: [String: Double]()) { speeds, entry in
            let seconds = (computeTime[entry.key] ?? .zero) / .seconds(1)
            if seconds > 0 { speeds[entry.key] = Double(entry.value) / seconds }
        }
        let live = LiveStatus(
            status, tasksDone: tasksDone, tokensPerSecond: speeds, training: training,
            traffic: LiveStatus.Traffic(
                sent: UInt64(counters.sentBytes), received: UInt64(counters.receivedBytes), weightsSent: weightsSent
            ),
            refused: counters.refusedConnections.reduce(into: [:]) { $0[$1.key.rawValue] = $1.value },
            halted: status.halted.map { "\($0)" })
        metrics.note(live)
        try journal.updateLive(live)
        let held = status.nodes.flatMap { node in
            node.held.map { StragglerReport.Lease(attempt: $0, node: node.node) }
        }
        let isAllLeased = !status.isDraining && status.tasks.allSatisfy { $0.pending == 0 }
        return waitLines(status, at: now) + stragglers.lines(held, isAllLeased: isAllLeased, at: now)
    }

    /// Roles that tasks wait for while no node of theirs is there.
    private mutating func waitLines(_ status: RunStatus, at now: Instant) -> [String] {
        let present = Set(status.nodes.map(\.role))
        let wanted = Role.allCases.filter { role in
            !present.contains(role) && status.tasks.contains { $0.group.kind.role == role && $0.pending > 0 }
        }
        guard !wanted.isEmpty, !status.isDraining else {
            idleSince = nil
            return []
        }
        let since = idleSince ?? now
        idleSince = since
        guard since.duration(to: now) >= .seconds(10), (lastWaitReport ?? since).duration(to: now) >= .seconds(10)
        else {
            return []
        }
        lastWaitReport = now
        let seconds = since.duration(to: now).components.seconds
        return wanted.map { "waiting for a \($0) to join for \(seconds) s; start one with `reprise \($0) --connect …`" }
    }
}
