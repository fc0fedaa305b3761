import Digests
import RolloutCore
import Wire

/// A whole cluster in one value: one seed is one run.
///
/// The coordinator and the nodes are the real values of RolloutCore; messages are encoded and decoded by the real codec. The
/// clock, the network, the coordinator's disk, the order of things and everything random are the simulation's. Around the
/// two values stand models of their shells (`Nodes.CoordinatorService`, `Nodes.NodeService`), which do effects in order and
/// may die between any two of them. First faults strike (the safety phase), then they stop, everything broken heals, and
/// the run has to end soon (the liveness phase). A `Witness` checks the invariants as the run goes.
///
/// Deterministic simulation testing as in FoundationDB (Zhou et al., SIGMOD 2021) and TigerBeetle's VOPR.
final class Simulation {
    enum Happening {
        case tickCoordinator(life: Int)
        case tickNode(Int, process: Int)
        case toCoordinator(SessionID, Delivery)
        case toNode(Int, SessionID, Delivery)
        case computed(node: Int, process: Int, Attempt, serial: Int)
        case startNode(Int, process: Int)
        case startCoordinator(life: Int)
        case fault(Int)
        case faultsEnd
    }

    let scenario: Scenario
    let faults: FaultPlan
    let codec: WireCodec
    let mutations: Mutations
    private let faultFreeTime: Nanoseconds?
    var now: Nanoseconds = 0
    var agenda = Agenda<Happening>()
    var witness: Witness
    var coverage = Coverage()
    var trace: Trace

    var coordinator: CoordinatorModel?
    /// Counts starts and ends of the coordinator, so that what was meant for an earlier one is not taken by a later one.
    var life = 0
    var coordinatorPausedUntil: Nanoseconds = 0
    var armedBoundary: Boundary?
    /// Effects after which the coordinator dies.
    var effectsLeft: Int?
    var disk = Disk()
    var diskFullUntil: Nanoseconds = 0
    var wallClockOffset: Nanoseconds = 0

    var nodes: [NodeModel]
    var links: [Link]
    var lastSession: UInt64 = 0
    /// The node behind each session, for as long as it is the node's.
    var sessions: [SessionID: Int] = [:]
    var serial = 0
    /// A frame some node sent, for strangers to repeat.
    var overheard: [UInt8]?
    /// Takes every frame that is sent.
    var listener: (([UInt8]) -> Void)?

    /// Draws: of messages, of disks and crashes, of the work of nodes, of the processes' own jitter.
    var messages: SplitMix
    var damage: SplitMix
    var work: SplitMix
    var processes: SplitMix

    // What planning asks for.
    /// Computing by role that led to a result that counted, and computing that did not.
    var useful: [Role: Nanoseconds] = [:]
    var wasted: Nanoseconds = 0
    var leaseCount = 0
    var leasedTasks: Set<TaskID> = []
    var coordinatorProcessorTime = 0.0
    /// Messages the coordinator received.
    var received = 0
    /// When the coordinator's link has sent all it was given.
    var uplinkFree: Nanoseconds = 0

    /// What tasks give, in a run of what another run recorded.
    let recordings: Recordings?

    var outcome: Outcome?
    /// Why there is none, where what programs outside answered led to that.
    var nothingLearned: Halt?
    var isOver = false

    init(
        _ scenario: Scenario, truth: Truth? = nil, recordings: Recordings? = nil, tracing: ((String) -> Void)? = nil
    ) {
        self.recordings = recordings
        faultFreeTime = truth?.time
        self.scenario = scenario
        faults = scenario.faults
        codec = WireCodec(limits: scenario.wire)
        mutations = Mutations(scenario.mutation)
        // Where answers from outside differ each time there is no truth to compare with but what was recorded.
        witness = Witness(plan: scenario.plan, truth: scenario.plan.recordedOnly.isEmpty ? truth : nil)
        trace = Trace(tracing)
        messages = SplitMix(seed: scenario.seed, stream: 10)
        damage = SplitMix(seed: scenario.seed, stream: 11)
        work = SplitMix(seed: scenario.seed, stream: 12)
        processes = SplitMix(seed: scenario.seed, stream: 13)
        var draws = SplitMix(seed: scenario.seed, stream: 14)
        nodes = scenario.world.shape.roles.enumerated().map { index, role in
            NodeModel(
                index: index, role: role, isStraggler: draws.happens(scenario.faults.stragglers),
                drift: scenario.faults.has(.clockDrift) ? draws.whole(-10_000...10_000) : 0)
        }
        links = nodes.map { _ in Link() }
    }

    var isFaulty: Bool { now < faults.end }

    /// Time after the end of faults within which the run has to be over.
    private var patience: Nanoseconds {
        scenario.load != nil ? .seconds(100 * 86_400) : 2 * (faultFreeTime ?? .seconds(300)) + .seconds(60)
    }

    /// Runs until the run is over, an invariant is broken, or patience is.
    func run() {
        schedule(.startCoordinator(life: life), in: .milliseconds(100))
        for index in nodes.indices {
            schedule(.startNode(index, process: 0), in: .milliseconds(processes.whole(0...300)))
        }
        for faultClass in faults.classes where !faultClass.isCounted {
            coverage.faults[faultClass] = 1
        }
        for (index, event) in faults.events.enumerated() { agenda.add(.fault(index), at: event.time) }
        agenda.add(.faultsEnd, at: faults.end)
        while !isOver, witness.violation == nil, let (time, happening) = agenda.next() {
            now = time
            witness.time = time
            if now > faults.end + patience {
                witness.broke(.endsAfterFaults, "the run is not over \((now - faults.end).duration) after faults")
                break
            }
            take(happening)
        }
        coverage.time = now.duration
        if isOver, witness.violation == nil, faults.end > 0, now > faults.end {
            coverage.count("run outlived its faults")
        }
        if let counters = coordinator?.core.counters { coverage.add(counters) }
    }

    func schedule(_ happening: Happening, in delay: Nanoseconds) { agenda.add(happening, at: now + delay) }

    /// Whether a fault of that rate strikes now; counted when it does.
    func strikes(_ rate: Double, _ faultClass: FaultClass) -> Bool {
        guard rate > 0, isFaulty, messages.happens(rate) else { return false }
        coverage.faults[faultClass, default: 0] += 1
        return true
    }

    private func take(_ happening: Happening) {
        switch happening {
        case .tickCoordinator(let life):
            guard life == self.life, !waits(happening, for: coordinatorPausedUntil) else { return }
            schedule(happening, in: tickDelay())
            tickCoordinator()
        case .tickNode(let index, let process):
            guard nodes[index].process == process, !waits(happening, for: nodes[index].pausedUntil) else { return }
            schedule(happening, in: tickDelay())
            tickNode(index)
        case .toCoordinator(let session, let delivery):
            guard coordinator != nil, !waits(happening, for: coordinatorPausedUntil) else { return }
            receive(delivery, on: session)
        case .toNode(let index, let session, let delivery):
            guard nodes[index].session == session, !waits(happening, for: nodes[index].pausedUntil) else { return }
            receive(delivery, at: index)
        case .computed(let index, let process, let attempt, let serial):
            guard nodes[index].process == process, nodes[index].running[attempt]?.serial == serial,
                !waits(happening, for: nodes[index].pausedUntil)
            else { return }
            computed(attempt, at: index)
        case .startNode(let index, let process):
            if nodes[index].process == process { startNode(index) }
        case .startCoordinator(let life):
            if life == self.life { startCoordinator() }
        case .fault(let index): strike(faults.events[index])
        case .faultsEnd: heal()
        }
    }

    /// Puts what reaches a process that stands still off until it goes on.
    private func waits(_ happening: Happening, for time: Nanoseconds) -> Bool {
        guard time > now else { return false }
        agenda.add(happening, at: time)
        return true
    }

    private func tickDelay() -> Nanoseconds {
        isFaulty && processes.happens(scenario.earlyTicks)
            ? .milliseconds(processes.whole(1...50)) : scenario.tick
    }

    func newSession() -> SessionID {
        lastSession += 1
        return SessionID(rawValue: lastSession)
    }

    /// Gives a node a connection of its own, instead of the one it had.
    func reconnect(_ index: Int) {
        sessions[nodes[index].session] = nil
        nodes[index].session = newSession()
        sessions[nodes[index].session] = index
    }
}

extension Nanoseconds {
    /// What a monotonic clock that runs `drift` millionths fast shows.
    func read(drift: Int64) -> Instant { Instant(sinceStart: .nanoseconds(self + self / 1_000_000 * drift)) }
}
