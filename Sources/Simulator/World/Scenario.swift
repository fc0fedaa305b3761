import RolloutCore
import Wire

/// Everything a run is given before it begins, drawn from its seed.
struct Scenario: Sendable {
    /// Which processes there are.
    struct Shape: Sendable, Hashable {
        var samplers: Int
        var scorers: Int
        var learners: Int
        var slots: UInt32
        var credit: UInt32

        static let all = [
            Shape(samplers: 2, scorers: 2, learners: 1, slots: 1, credit: 3),
            Shape(samplers: 1, scorers: 1, learners: 1, slots: 1, credit: 2),
            Shape(samplers: 4, scorers: 2, learners: 2, slots: 1, credit: 1),
            Shape(samplers: 3, scorers: 1, learners: 1, slots: 2, credit: 4),
        ]

        var roles: [Role] {
            Array(repeating: Role.sampler, count: samplers) + Array(repeating: .scorer, count: scorers)
                + Array(repeating: .learner, count: learners)
        }
    }

    /// What the fault-free result depends on.
    struct World: Sendable, Hashable {
        var plan: Int
        var shape: Shape
    }

    var seed: UInt64
    var world: World
    var plan: RunPlan
    var timers = Timers()
    var pace = Downloads.Pace()
    var wire = WireLimits()
    /// Bytes a clogged link holds before it drops.
    var linkBytes = 1 << 20
    /// Records that wait for a commit at most.
    var journalBatch = 256
    /// Share of ticks that come besides the regular ones.
    var earlyTicks = 0.0
    /// Whether nodes have no copy of the base and pull it.
    var nodesPullBase = false
    /// How often processes look at the time.
    var tick: Nanoseconds = .milliseconds(100)
    /// What tasks weigh, when a cluster is planned.
    var load: Load?
    var faults = FaultPlan.none
    var mutation: Mutation?

    /// A run in which nothing goes wrong.
    static func quiet(_ world: World, mutation: Mutation? = nil) -> Scenario {
        Scenario(seed: 0, world: world, plan: ToyPlans.plan(world.plan), mutation: mutation)
    }

    /// What a seed means.
    static func drawn(
        seed: UInt64, only classes: Set<FaultClass> = Set(FaultClass.allCases), mutation: Mutation? = nil
    ) -> Scenario {
        var random = SplitMix(seed: seed, stream: 2)
        var world = World(plan: random.index(ToyPlans.usual), shape: random.pick(Shape.all))
        // From a stream of its own: the others draw what they draw without ablations.
        var ablation = SplitMix(seed: seed, stream: 22)
        if ablation.happens(0.3) { world.plan = ToyPlans.usual + ablation.index(ToyPlans.ablations) }
        var scenario = quiet(world, mutation: mutation)
        scenario.seed = seed
        scenario.nodesPullBase = random.happens(0.5)
        scenario.faults = .drawn(seed: seed, nodes: world.shape.roles.count, only: classes)
        if scenario.faults.has(.tinyChunks) { scenario.wire.chunkByteCount = Int(random.pick([16, 50, 100, 256])) }
        if scenario.faults.has(.tinyQueues) {
            if random.happens(0.5) { scenario.linkBytes = Int(random.whole(200...4000)) }
            if random.happens(0.5) { scenario.journalBatch = Int(random.whole(1...4)) }
            if random.happens(0.5) { scenario.pace.window = Int(random.whole(1...3)) }
        }
        if scenario.faults.has(.earlyTimers) { scenario.shortenTimers(&random) }
        return scenario
    }

    private mutating func shortenTimers(_ random: inout SplitMix) {
        if random.happens(0.5) { timers.heartbeat = .milliseconds(random.whole(300...1000)) }
        if random.happens(0.5) {
            timers.lease = .milliseconds(random.whole(4000...10000))
            timers.silenceStop = timers.lease * 0.6
        }
        if random.happens(0.5) { timers.silenceExit = .seconds(random.whole(15...60)) }
        if random.happens(0.5) {
            timers.resend = .milliseconds(random.whole(50...500))
            timers.resendMaximum = .milliseconds(random.whole(500...4000))
        }
        if random.happens(0.5) { pace.timeout = .milliseconds(random.whole(300...2000)) }
        if random.happens(0.5) { pace.attemptLimit = Int(random.whole(1...6)) }
        earlyTicks = random.happens(0.25) ? 0.25 : 0
    }
}
