import RolloutCore

/// A cluster and a job that do not exist yet, and the question how long the job would take on it.
public struct ClusterPlan: Sendable {
    /// Nodes that write trajectories.
    public var samplers: Int
    /// Nodes that judge them.
    public var scorers: Int
    /// Nodes that train.
    public var learners: Int
    /// EM iterations.
    public var iterations: UInt32 = 3
    /// Training prompts.
    public var prompts = 10_000
    /// m.
    public var samplesPerPrompt: UInt32 = 8
    /// Prompts of a sample task.
    public var promptsPerTask: UInt32 = 8
    /// How long a sample task computes.
    public var sampleTime = Distribution.lognormal(40, 0.8)
    /// How long a score task computes.
    public var scoreTime = Distribution.lognormal(2, 0.5)
    /// How long an M-step computes.
    public var trainTime = Distribution.constant(600)
    /// Mean time between two failures of one node.
    public var meanTimeBetweenFailures: Duration?
    /// How long a dead process takes to be back.
    public var restart = Duration.seconds(30)
    /// Size of a policy's delta.
    public var policyByteCount = 24_000_000
    /// Tokens of a prompt.
    public var promptTokens = 512
    /// Tokens of a trajectory.
    public var newTokens = 256
    /// Bits a second that leave the coordinator's machine.
    public var bandwidth = 10e9
    /// Which draw of the failures.
    public var seed: UInt64 = 1

    /// A job of the usual size on that many nodes of each role.
    public init(samplers: Int, scorers: Int, learners: Int) {
        self.samplers = samplers
        self.scorers = scorers
        self.learners = learners
    }

    /// What one simulated run of the plan says.
    public struct Outcome: Sendable, Equatable {
        /// From the start to the end of the run; `nil` when it did not end.
        public var makespan: Duration?
        /// Share of the samplers' time that went into results that counted.
        public var samplerUse = 0.0
        /// Share of the learners' time that went into results that counted.
        public var learnerUse = 0.0
        /// Computing that came to nothing, in node hours.
        public var lostHours = 0.0
        /// Tasks leased more than once.
        public var repeated = 0
        /// Messages the coordinator received and sent, a second.
        public var messageRate = 0.0
        /// Time of this machine's processor the coordinator took, as a share of the makespan.
        public var processorShare = 0.0
        /// Bytes over the coordinator's link, payloads included.
        public var byteCount = 0
    }

    /// Faults a plan is tried with, one class at a time.
    public static let classes: [FaultClass] = [
        .nodeCrash, .coordinatorCrash, .nodePause, .partition, .straggler, .systemFailure, .loss, .delay,
    ]

    /// Simulates the plan with these faults, none of them for a fault-free run.
    ///
    /// - Parameter expected: A fault-free makespan; faults are drawn for ten times as long.
    public func run(with classes: Set<FaultClass>, expected: Duration? = nil) -> Outcome {
        let simulation = Simulation(scenario(classes, expected: expected))
        simulation.run()
        let time = simulation.now.duration
        let seconds = max(time / .seconds(1), 1e-9)
        var outcome = Outcome()
        if simulation.isOver { outcome.makespan = time }
        outcome.samplerUse = simulation.useful[.sampler, default: 0].duration / time / Double(max(1, samplers))
        outcome.learnerUse = simulation.useful[.learner, default: 0].duration / time / Double(max(1, learners))
        outcome.lostHours = simulation.wasted.duration / .seconds(3600)
        outcome.repeated = simulation.leaseCount - simulation.leasedTasks.count
        outcome.messageRate = Double(simulation.coverage.messages) / seconds
        outcome.processorShare = simulation.coordinatorProcessorTime / seconds
        outcome.byteCount = simulation.coverage.bytes
        return outcome
    }

    private func scenario(_ classes: Set<FaultClass>, expected: Duration?) -> Scenario {
        let shape = Scenario.Shape(samplers: samplers, scorers: scorers, learners: learners, slots: 1, credit: 2)
        var scenario = Scenario.quiet(Scenario.World(plan: 0, shape: shape))
        scenario.seed = seed
        scenario.plan = ToyPlans.plan(
            name: "plan", iterations: iterations, fineTunesFirst: true, startsFromPrevious: false,
            rule: SelectionRule(threshold: .quantile(0.5), scope: .all, cap: 10), samples: samplesPerPrompt,
            prompts: [.train: prompts], perTask: promptsPerTask, writesRationales: false)
        scenario.tick = .milliseconds(500)
        // A delta is one chunk here: asking for it again takes as long as all of its chunks might on a busy link.
        let everybody = Double(samplers + scorers + learners) * Double(policyByteCount) * 8 / bandwidth
        scenario.pace.timeout += .seconds(2 * everybody)
        let trajectories = Int(promptsPerTask) * Int(samplesPerPrompt)
        scenario.load = Load(
            sampleTime: sampleTime, scoreTime: scoreTime, trainTime: trainTime,
            // Tokens travel as varints of mostly two bytes; a trajectory's text has about four bytes a token.
            promptBytes: Int(promptsPerTask) * promptTokens * 2, trajectoryBytes: trajectories * newTokens * 6,
            policyBytes: policyByteCount, bandwidth: bandwidth / 8)
        if !classes.isEmpty { scenario.faults = faults(classes, until: (expected ?? .seconds(86_400)) * 10) }
        return scenario
    }

    private func faults(_ classes: Set<FaultClass>, until end: Duration) -> FaultPlan {
        var plan = FaultPlan()
        plan.classes = classes
        plan.end = Nanoseconds(end / .nanoseconds(1))
        plan.restart = Nanoseconds(restart / .nanoseconds(1))
        for faultClass in classes.sorted() {
            var random = SplitMix(seed: seed, stream: 200 + UInt64(faultClass.position))
            switch faultClass {
            case .straggler: plan.stragglers = 0.05
            case .systemFailure: plan.systemFailure = 0.01
            case .loss: plan.loss = 0.01
            case .delay: plan.delay = .milliseconds(100)
            default: draw(faultClass, into: &plan, &random)
            }
        }
        plan.events.sort { ($0.time, $0.faultClass) < ($1.time, $1.faultClass) }
        return plan
    }

    /// Failures of every node, or of the coordinator, as a Poisson process.
    private func draw(_ faultClass: FaultClass, into plan: inout FaultPlan, _ random: inout SplitMix) {
        guard let mean = meanTimeBetweenFailures.map({ $0 / .nanoseconds(1) }), mean > 0 else { return }
        let nodes = samplers + scorers + learners
        let rate = faultClass == .coordinatorCrash ? 1 : Double(nodes)
        var time = random.exponential(mean: mean / rate)
        while time < Double(plan.end) {
            let node = random.index(nodes)
            let kind: FaultEvent.Kind
            switch faultClass {
            case .coordinatorCrash: kind = .coordinatorCrash
            case .nodePause: kind = .nodePause(node, .seconds(random.whole(10...60)))
            case .partition: kind = .partition(nodes: [node], toCoordinator: true, toNode: true, .seconds(30))
            default: kind = .nodeCrash(node)
            }
            plan.events.append(FaultEvent(time: Nanoseconds(time), faultClass: faultClass, kind: kind))
            time += random.exponential(mean: mean / rate)
        }
    }
}
