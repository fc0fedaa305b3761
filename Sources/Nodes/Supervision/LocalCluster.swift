public import Foundation

/// All roles of one run as child processes on this machine: the launcher behind `reprise run`.
///
/// The supervisor holds no socket and no database handle for writing: it starts the same commands a person would start on
/// real machines, starts a child again that dies, and sends SIGTERM to drain. What the run learns is decided by the
/// coordinator alone, so nothing here can change it.
public final class LocalCluster {
    /// How many processes of each role, and how patient to be with them.
    public struct Size: Sendable {
        /// Sampler processes.
        public var samplers: Int
        /// Scorer processes; none when nodes of the user's compute the reward.
        public var scorers: Int
        /// Tasks a sampler runs at the same time.
        public var slots: Int
        /// Threads of the learner.
        public var learnerThreads: Int
        /// Where the learner keeps trainings for equal ones of other runs; nowhere when nil.
        public var trainingCache: String?
        /// Restarts allowed per child within `restartWindow`.
        public var maxRestarts: Int
        /// The sliding window of the restart budget.
        public var restartWindow: Duration
        /// How often the learner saves its optimiser.
        public var checkpointInterval: Duration

        /// Sizes as the configuration's `cluster` section gives them.
        public init(
            samplers: Int, scorers: Int, slots: Int, learnerThreads: Int, trainingCache: String? = nil,
            maxRestarts: Int, restartWindow: Duration, checkpointInterval: Duration
        ) {
            self.samplers = samplers
            self.scorers = scorers
            self.slots = slots
            self.learnerThreads = learnerThreads
            self.trainingCache = trainingCache
            self.maxRestarts = maxRestarts
            self.restartWindow = restartWindow
            self.checkpointInterval = checkpointInterval
        }
    }

    /// What the caller should do next.
    public enum State: Sendable, Equatable {
        /// Keep calling `tick`.
        case running
        /// The coordinator ended: its exit status, and its last sentence unless it finished.
        case finished(status: Int32, sentence: String?)
        /// A child died more often than the budget allows.
        case gaveUp(explanation: String)
        /// The coordinator will not have one of its nodes, and starting it again would not change that.
        case refused(explanation: String)
    }

    /// Exit statuses after which a process is not started again: what a restart would not cure.
    private static let finalStatuses: Set<Int32> = [0, 64, 65, 66, 69, 73, 75, 77, 78, 79]
    private static let refusedStatus: Int32 = 77
    private static let diskStatus: Int32 = 73

    private struct Member {
        let name: String
        let arguments: [String]
        var child: ChildProcess
        var budget: RestartBudget
    }

    private let executable: URL
    private let directory: URL
    private let size: Size
    private var coordinator: Member?
    private var nodes: [Member] = []
    private var nodesStarted = false
    private var draining = false
    /// Processes whose next end is somebody else's doing.
    private var excused: Set<String> = []

    /// Turns the coordinator's endpoint into the one that nodes are given, where something stands between them.
    public var endpointForNodes: ((String) throws -> String)?

    /// Prepares a cluster over a run directory.
    public init(executable: URL, directory: URL, size: Size) {
        self.executable = executable
        self.directory = directory
        self.size = size
    }

    /// The children that run, the coordinator first.
    public var processes: [(name: String, identifier: Int32)] {
        ([coordinator].compactMap { $0 } + nodes).filter { $0.child.ending == nil }
            .map { ($0.name, $0.child.identifier) }
    }

    /// Holds the next end of that child against nobody: it is started again outside its budget, also after a disk failed.
    public func excuse(_ name: String) { excused.insert(name) }

    /// Takes the excuse back, since the child has come through.
    public func withdrawExcuse(for name: String) { excused.remove(name) }

    private var endpointFile: URL { directory.appending(path: "endpoint") }

    /// Starts the coordinator; the nodes follow when it has written its endpoint.
    ///
    /// - Throws: what the system reports when a process cannot be started.
    public func start() throws {
        try? FileManager.default.removeItem(at: endpointFile)
        coordinator = try member("coordinator", ["coordinator", directory.path, "--supervised", "\(getpid())"])
    }

    private func member(_ name: String, _ arguments: [String]) throws -> Member {
        Member(
            name: name, arguments: arguments, child: try spawn(name, arguments),
            budget: RestartBudget(limit: size.maxRestarts, window: size.restartWindow))
    }

    private func spawn(_ name: String, _ arguments: [String]) throws -> ChildProcess {
        try ChildProcess(
            name: name, executable: executable, arguments: arguments,
            log: directory.appending(path: "logs/\(name).log"))
    }

    /// Looks after the children: starts the nodes once there is an endpoint, and again what died.
    ///
    /// - Parameter log: receives a line for each restart.
    /// - Throws: what the system reports when a process cannot be started.
    public func tick(log: (String) -> Void) throws -> State {
        if !nodesStarted, !draining, let endpoint {
            nodesStarted = true
            try startNodes(endpoint: endpointForNodes?(endpoint) ?? endpoint)
        }
        guard var head = coordinator else { return .running }
        if let ending = head.child.ending {
            if case .exited(let status) = ending, Self.finalStatuses.contains(status), !isExcused(head.name, status) {
                return .finished(status: status, sentence: head.child.lastWords)
            }
            if draining {
                // Stopped before it could listen for the signal that asks it to drain.
                let status: Int32 = ending == .signalled(SIGTERM) ? 75 : 1
                return .finished(status: status, sentence: head.child.lastWords)
            }
            guard try restart(&head, after: ending, log) else {
                return .gaveUp(explanation: giveUp(head.name, ending))
            }
            coordinator = head
        }
        for index in nodes.indices {
            // One that the coordinator told to go ends with 0; one that somebody else ended is missed, and replaced.
            guard let ending = nodes[index].child.ending, !draining, ending != .exited(0) else { continue }
            if ending == .exited(Self.refusedStatus) {
                return .refused(explanation: nodes[index].child.lastWords ?? giveUp(nodes[index].name, ending))
            }
            guard try restart(&nodes[index], after: ending, log) else {
                return .gaveUp(explanation: giveUp(nodes[index].name, ending))
            }
        }
        return .running
    }

    private func isExcused(_ name: String, _ status: Int32) -> Bool {
        status == Self.diskStatus && excused.contains(name)
    }

    private func giveUp(_ name: String, _ ending: ChildProcess.Ending) -> String {
        """
        \(name) \(ending) more than \(size.maxRestarts) times within \(size.restartWindow.components.seconds) s; \
        read \(directory.path)/logs/\(name).log, then continue with --resume
        """
    }

    private func restart(_ member: inout Member, after ending: ChildProcess.Ending, _ log: (String) -> Void) throws
        -> Bool
    {
        guard excused.remove(member.name) != nil || member.budget.take(at: .now) else { return false }
        log("\(member.name) \(ending); starting it again")
        member.child = try spawn(member.name, member.arguments + fixedEndpoint(member))
        return true
    }

    /// A coordinator that starts again listens where it did, so that its nodes find it.
    private func fixedEndpoint(_ member: Member) -> [String] {
        guard member.name == coordinator?.name, let endpoint else { return [] }
        return ["--endpoint", endpoint]
    }

    private var endpoint: String? {
        guard let text = try? String(contentsOf: endpointFile, encoding: .utf8) else { return nil }
        return text.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// What nodes are told on this side of the wire: no message says what to connect to or to run.
    private var settings: [String] { ["--config", directory.appending(path: "run.yaml").path] }

    private func startNodes(endpoint: String) throws {
        for index in 1...max(1, size.samplers) {
            let name = "sampler-\(index)"
            nodes.append(try member(name, node("sampler", name, endpoint) + ["--slots", "\(size.slots)"] + settings))
        }
        for index in 1..<1 + max(0, size.scorers) {
            let name = "scorer-\(index)"
            nodes.append(try member(name, node("scorer", name, endpoint) + settings))
        }
        var learner = node("learner", "learner", endpoint) + ["--threads", "\(size.learnerThreads)"] + settings
        if let cache = size.trainingCache { learner += ["--cache", cache] }
        learner += ["--checkpoints", directory.appending(path: "unfinished").path]
        learner += ["--checkpoint-seconds", "\(size.checkpointInterval / .seconds(1))"]
        nodes.append(try member("learner", learner))
    }

    private func node(_ role: String, _ name: String, _ endpoint: String) -> [String] {
        [role, "--connect", endpoint, "--name", name, "--supervised", "\(getpid())"]
    }

    /// Asks the coordinator to drain; it tells the nodes.
    public func drain() {
        draining = true
        coordinator?.child.signal(SIGTERM)
    }

    /// Ends every child: SIGTERM, then SIGKILL for what has not gone after `grace`.
    public func end(grace: Duration = .seconds(5)) async {
        draining = true
        let children = nodes.map(\.child) + [coordinator?.child].compactMap { $0 }
        for child in children { child.signal(SIGTERM) }
        let deadline = ContinuousClock.now + grace
        while children.contains(where: { $0.ending == nil }), ContinuousClock.now < deadline {
            try? await Task.sleep(for: .milliseconds(20))
        }
        for child in children { child.signal(SIGKILL) }
    }
}
