import RolloutCore
import Synchronization

/// Which run a seed stands for, and what of it is wanted.
public struct SeedRun: Sendable {
    /// The seed.
    public var seed: UInt64
    /// Fault classes that may be on.
    public var classes: Set<FaultClass>
    /// Positions in the seed's list of fault events that happen; `nil` is all of them.
    public var events: [Int]?
    /// A seeded bug, by name.
    public var mutant: Mutant?

    /// A run with the whole menu.
    public init(
        seed: UInt64, classes: Set<FaultClass> = Set(FaultClass.allCases), events: [Int]? = nil, mutant: Mutant? = nil
    ) {
        self.seed = seed
        self.classes = classes
        self.events = events
        self.mutant = mutant
    }

    /// The first seed of a commit: each commit tries others.
    public static func first(commit: String) -> UInt64 { ToyTasks.key(commit) >> 20 }

    var scenario: Scenario {
        var scenario = Scenario.drawn(seed: seed, only: classes, mutation: mutant?.mutation)
        if let events {
            scenario.faults.events = events.compactMap {
                scenario.faults.events.indices.contains($0) ? scenario.faults.events[$0] : nil
            }
        }
        return scenario
    }

    /// What goes wrong by the plan, one line each: the classes that strike messages and tasks, then the events.
    public var plan: [String] {
        let faults = scenario.faults
        let positions = events ?? Array(faults.events.indices)
        let quiet = Set(faults.events.map(\.faultClass))
        return faults.classes.sorted().filter { !quiet.contains($0) && !$0.isScheduled }.map { $0.rawValue }
            + zip(positions, faults.events).map {
                "event \($0): \($1.time.duration) \($1.faultClass.rawValue) \($1.kind)"
            }
    }

    /// Runs it.
    ///
    /// - Parameter tracing: Takes a line for everything that happens.
    public func run(against truths: Truths, tracing: ((String) -> Void)? = nil) -> SeedReport {
        let scenario = scenario
        let truth: Truth
        switch truths.truth(of: scenario.world) {
        case .success(let known): truth = known
        case .failure(let violation):
            return SeedReport(
                seed: seed, violation: violation, coverage: Coverage(), traceHash: 0, configuration: "no faults")
        }
        let simulation = Simulation(scenario, truth: truth, tracing: tracing)
        simulation.run()
        return SeedReport(
            seed: seed, violation: simulation.witness.violation, coverage: simulation.coverage,
            traceHash: simulation.trace.hash, configuration: scenario.summary)
    }
}

/// What came of a seed.
public struct SeedReport: Sendable, Equatable {
    /// The seed.
    public var seed: UInt64
    /// The first invariant that broke.
    public var violation: Violation?
    /// What happened.
    public var coverage: Coverage
    /// Hash of everything that happened, in order.
    public var traceHash: UInt64
    /// The world and the fault classes that were on, in one line.
    public var configuration: String
}

/// Fault-free results, each world's computed once.
public final class Truths: Sendable {
    private let known = Mutex<[Scenario.World: Truth]>([:])

    /// None yet.
    public init() {}

    func truth(of world: Scenario.World) -> Result<Truth, Violation> {
        if let truth = known.withLock({ $0[world] }) { return .success(truth) }
        let run = Simulation(.quiet(world))
        run.run()
        guard let truth = Truth(run) else {
            return .failure(
                run.witness.violation
                    ?? Violation(invariant: .endsAfterFaults, time: run.now.duration, detail: "no end without faults"))
        }
        known.withLock { $0[world] = truth }
        return .success(truth)
    }
}

extension Scenario {
    fileprivate var summary: String {
        let shape = world.shape
        return "plan \(world.plan), \(shape.samplers)+\(shape.scorers)+\(shape.learners) nodes, "
            + (faults.classes.isEmpty ? "no faults" : faults.classes.sorted().map(\.rawValue).joined(separator: ","))
    }
}

extension FaultClass {
    /// Whether it strikes as single events at drawn times.
    var isScheduled: Bool {
        switch self {
        case .clog, .partition, .oneWayPartition, .swizzle, .reset, .nodeCrash, .nodePause, .nodeDrain,
            .coordinatorCrash,
            .boundaryCrash, .coordinatorPause, .diskFull, .syncError, .bitRot, .wallClockJump, .stranger:
            true
        default: false
        }
    }

    /// Whether it is counted each time it strikes; the others shape a whole run and count once.
    var isCounted: Bool {
        switch self {
        case .clockDrift, .tinyQueues, .tinyChunks, .earlyTimers: false
        default: true
        }
    }
}
