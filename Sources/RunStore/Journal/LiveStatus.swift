import GRDB
public import RolloutCore

/// The run as it stands this second: who is there, who holds what, how far it is. Overwritten about once a second, never
/// part of the journal or of what is learned.
public struct LiveStatus: Sendable, Equatable {
    /// One member of the cluster.
    public struct Node: Sendable, Equatable {
        /// Its name.
        public var name: String
        /// What it does.
        public var role: Role
        /// This process of it.
        public var incarnation: Incarnation
        /// Tasks it runs at the same time.
        public var slots: Int
        /// Its leases.
        public var held: [Attempt]
        /// How long it has been silent.
        public var silence: Duration
        /// Results accepted from it so far.
        public var tasksDone: Int
        /// Its speed, where it is known.
        public var tokensPerSecond: Double?

        /// Creates the value from its parts.
        public init(
            name: String, role: Role, incarnation: Incarnation, slots: Int, held: [Attempt], silence: Duration,
            tasksDone: Int = 0, tokensPerSecond: Double? = nil
        ) {
            self.name = name
            self.role = role
            self.incarnation = incarnation
            self.slots = slots
            self.held = held
            self.silence = silence
            self.tasksDone = tasksDone
            self.tokensPerSecond = tokensPerSecond
        }
    }

    /// How many tasks of a group are in which state.
    public struct Tally: Sendable, Equatable {
        /// The group counted.
        public var group: TaskGroup
        /// Waiting for a node, or for their backoff.
        public var pending: Int
        /// Leased to a node.
        public var leased: Int
        /// With an accepted result.
        public var done: Int
        /// Recorded without a result.
        public var null: Int
        /// Set aside for a person.
        public var quarantined: Int

        /// Creates the value from its parts.
        public init(group: TaskGroup, pending: Int, leased: Int, done: Int, null: Int, quarantined: Int) {
            self.group = group
            self.pending = pending
            self.leased = leased
            self.done = done
            self.null = null
            self.quarantined = quarantined
        }
    }

    /// Bytes that went over the wire in this term.
    public struct Traffic: Sendable, Equatable {
        /// Everything sent.
        public var sent: UInt64
        /// Everything received.
        public var received: UInt64
        /// Chunks of weights and training sets, sent.
        public var weightsSent: UInt64

        /// Creates the value from its parts.
        public init(sent: UInt64 = 0, received: UInt64 = 0, weightsSent: UInt64 = 0) {
            self.sent = sent
            self.received = received
            self.weightsSent = weightsSent
        }
    }

    /// Where the run stands.
    public var phase: Phase
    /// The coordinator's term.
    public var term: Term
    /// Members, in the order they joined.
    public var nodes: [Node]
    /// Tasks by group, in order.
    public var tallies: [Tally]
    /// What happened so far in this term.
    public var counters: Counters
    /// The training that runs, if one does.
    public var training: TrainProgress?
    /// What went over the wire.
    public var traffic: Traffic
    /// Connections refused in this term, by reason.
    public var refused: [String: Int]
    /// Whether nodes have been told to leave.
    public var isDraining: Bool
    /// Why the run stands still, in one sentence.
    public var halted: String?

    /// Creates the value from its parts.
    public init(
        phase: Phase, term: Term, nodes: [Node], tallies: [Tally], counters: Counters = Counters(),
        training: TrainProgress? = nil, traffic: Traffic = Traffic(), refused: [String: Int] = [:],
        isDraining: Bool = false,
        halted: String? = nil
    ) {
        self.phase = phase
        self.term = term
        self.nodes = nodes
        self.tallies = tallies
        self.counters = counters
        self.training = training
        self.traffic = traffic
        self.refused = refused
        self.isDraining = isDraining
        self.halted = halted
    }

    /// The coordinator's picture, with what only its shell knows.
    ///
    /// - Parameters:
    ///   - tasksDone: Results accepted, by node.
    ///   - tokensPerSecond: Speed, by node.
    public init(
        _ status: RunStatus, tasksDone: [String: Int] = [:], tokensPerSecond: [String: Double] = [:],
        training: TrainProgress? = nil, traffic: Traffic = Traffic(), refused: [String: Int] = [:],
        halted: String? = nil
    ) {
        self.init(
            phase: status.phase, term: status.term,
            nodes: status.nodes.map { node in
                Node(
                    name: node.node, role: node.role, incarnation: node.incarnation, slots: node.slots, held: node.held,
                    silence: node.silence, tasksDone: tasksDone[node.node] ?? 0,
                    tokensPerSecond: tokensPerSecond[node.node])
            },
            tallies: status.tasks.map { tally in
                Tally(
                    group: tally.group, pending: tally.pending, leased: tally.leased, done: tally.done,
                    null: tally.null,
                    quarantined: tally.quarantined)
            },
            counters: status.counters, training: training, traffic: traffic, refused: refused,
            isDraining: status.isDraining,
            halted: halted)
    }
}

extension Journal {
    /// Replaces the picture of the run that readers see, and commits what waits.
    ///
    /// - Throws: As `append`.
    public func updateLive(_ live: LiveStatus) throws(RunStoreError) {
        let at = now
        try commit { db in
            try db.execute(sql: "DELETE FROM live; DELETE FROM nodes; DELETE FROM progress")
            for (key, value) in live.values(at: at) { try db.insert("live", ["key": key, "value": value]) }
            for (position, node) in live.nodes.enumerated() {
                var columns = node.columns(at: at)
                columns += ["position": position]
                try db.insert("nodes", columns)
            }
            for tally in live.tallies { try db.insert("progress", tally.columns) }
        }
    }
}

extension LiveStatus {
    fileprivate func values(at: Double) -> [(String, DatabaseValue)] {
        let data = counters.data
        let machines = counters.infrastructure
        let numbers: [(String, Int)] = [
            ("leased", counters.leased), ("accepted", counters.accepted), ("acceptedLate", counters.acceptedLate),
            ("duplicates", counters.duplicates), ("data.deterministicFailures", data.deterministicFailures),
            ("data.nullResults", data.nullResults), ("data.malformed", data.malformed),
            ("data.unscored", data.unscored), ("infrastructure.expired", machines.expired),
            ("infrastructure.notReported", machines.notReported), ("infrastructure.replaced", machines.replaced),
            ("infrastructure.systemFailures", machines.systemFailures),
            ("infrastructure.invalidResults", machines.invalidResults), ("infrastructure.released", machines.released),
            ("infrastructure.fetchesFailed", machines.fetchesFailed), ("infrastructure.adopted", machines.adopted),
            ("infrastructure.speculated", machines.speculated),
            ("infrastructure.fenced", machines.fenced), ("infrastructure.stale", machines.stale),
            ("infrastructure.rejected", machines.rejected),
        ]
        var values: [(String, DatabaseValue)] = [
            ("at", at.databaseValue), ("phase", phase.column.databaseValue),
            ("term", signed(term.rawValue).databaseValue), ("draining", isDraining.databaseValue),
            ("halted", halted.databaseValue), ("bytes.sent", signed(traffic.sent).databaseValue),
            ("bytes.received", signed(traffic.received).databaseValue),
            ("bytes.weightsSent", signed(traffic.weightsSent).databaseValue),
        ]
        if let training {
            values += [
                ("training.iteration", Int64(training.attempt.task.iteration).databaseValue),
                ("training.step", Int64(training.step).databaseValue),
                ("training.steps", Int64(training.steps).databaseValue), ("training.loss", exact(training.loss)),
                ("training.tokensPerSecond", exact(training.tokensPerSecond)),
            ]
        }
        values += refused.map { ("refused.\($0.key)", $0.value.databaseValue) }
        return values + numbers.map { ($0.0, $0.1.databaseValue) }
    }
}

extension LiveStatus.Node {
    fileprivate func columns(at: Double) -> Columns {
        let names = held.map { attempt in
            let task = attempt.task
            return "\(task.kind.column) \(task.index) of iteration \(task.iteration) (\(task.split.column))"
        }
        return [
            "node": name, "role": role.column, "incarnation": incarnation.column, "slots": slots, "held": held.count,
            "held_tasks": names.joined(separator: "; "), "last_seen": at - silence / .seconds(1),
            "tasks_done": tasksDone, "tokens_per_second": tokensPerSecond,
        ]
    }
}

extension LiveStatus.Tally {
    fileprivate var columns: Columns {
        [
            "iteration": Int64(group.iteration), "split": group.split.column, "kind": group.kind.column,
            "pending": pending, "leased": leased, "done": done, "null_results": null, "quarantined": quarantined,
        ]
    }
}
