import Digests

@testable import RolloutCore

/// A small stand-in for the simulator (Sources/Simulator), for tests of this module that need a whole run of a plan of their
/// own: a coordinator and its nodes as values over a network that loses, repeats and delays, with processes that die, pause and
/// come back: one seed is one run.
///
/// The journal is an array; a crash of the coordinator may strike between any two effects, and takes any part of the tail
/// that was not made durable. Everything random comes from the seed. After `Faults.end` nothing goes wrong any more.
final class MiniCluster {
    struct Faults {
        var loss = 0.0
        var duplication = 0.0
        var delay = Duration.milliseconds(2)
        /// Chance that each node dies, pauses, or the coordinator crashes, per second.
        var kill = 0.0
        var pause = 0.0
        var crash = 0.0
        var fetchFailure = 0.0
        var end = Duration.seconds(40)

        static func drawn(from random: inout SplitMix) -> Faults {
            var faults = Faults()
            if Bool.random(using: &random) { faults.loss = Double.random(in: 0...0.3, using: &random) }
            if Bool.random(using: &random) { faults.duplication = Double.random(in: 0...0.5, using: &random) }
            if Bool.random(using: &random) { faults.delay = .milliseconds(Int.random(in: 5...200, using: &random)) }
            if Bool.random(using: &random) { faults.kill = Double.random(in: 0...0.1, using: &random) }
            if Bool.random(using: &random) { faults.pause = Double.random(in: 0...0.05, using: &random) }
            if Bool.random(using: &random) { faults.crash = Double.random(in: 0...0.2, using: &random) }
            if Bool.random(using: &random) { faults.fetchFailure = 0.3 }
            return faults
        }
    }

    enum Happening {
        case tick
        case toCoordinator(SessionID, Envelope<NodeMessage>)
        case toNode(SessionID, Envelope<CoordinatorMessage>)
        case computed(node: Int, process: Int, Lease)
        case shell(life: Int, CoordinatorEvent)
        case startNode(Int)
        case startCoordinator
    }

    struct Node {
        let role: Role
        var worker: Worker?
        var process = 0
        var session = SessionID(rawValue: 0)
        var pausedUntil = Instant(sinceStart: .zero)
    }

    let plan: RunPlan
    let faults: Faults
    var random: SplitMix
    var now = Instant(sinceStart: .zero)
    var agenda = Agenda()
    var nodes: [Node]
    var coordinator: Coordinator?
    var envelopes: CoordinatorEnvelopes
    var life = 0
    var lastSession: UInt64 = 0
    var journal: [Record] = []
    var durable = 0
    var accepted: [TaskID: TaskOutput] = [:]
    var blobs: Set<Digest> = []
    var outcome: Outcome?
    var halt: Halt?
    var isDrained = false
    var troubles: [String] = []

    init(
        plan: RunPlan, seed: UInt64, faults: Faults = Faults(),
        roles: [Role] = [.sampler, .sampler, .scorer, .scorer, .learner]
    ) {
        self.plan = plan
        self.faults = faults
        random = SplitMix(seed: seed)
        nodes = roles.map { Node(role: $0) }
        envelopes = CoordinatorEnvelopes(run: plan.run, term: Term(rawValue: 0))
    }

    /// Runs until everybody has left or `limit` is over.
    func run(limit: Duration = .seconds(240)) {
        schedule(.startCoordinator, in: .milliseconds(100))
        for index in nodes.indices {
            schedule(.startNode(index), in: .milliseconds(Int.random(in: 0...300, using: &random)))
        }
        schedule(.tick, in: .milliseconds(100))
        while !isDrained, halt == nil, let (time, happening) = agenda.next(), time.sinceStart < limit {
            now = time
            take(happening)
        }
    }

    func schedule(_ happening: Happening, in delay: Duration) { agenda.add(happening, at: now.advanced(by: delay)) }

    var isFaulty: Bool { now.sinceStart < faults.end }

    func strikes(_ chance: Double) -> Bool {
        isFaulty && chance > 0 && Double.random(in: 0..<1, using: &random) < chance
    }

    private func take(_ happening: Happening) {
        switch happening {
        case .tick:
            schedule(.tick, in: .milliseconds(200))
            if strikes(faults.crash / 5) { crash() }
            coordinate(.tick)
            for index in nodes.indices {
                if strikes(faults.kill / 5) { kill(index) }
                if strikes(faults.pause / 5) {
                    nodes[index].pausedUntil = now.advanced(by: .seconds(Int.random(in: 1...20, using: &random)))
                }
                if nodes[index].pausedUntil <= now { work(index, .tick) }
            }
        case .toCoordinator(let session, let envelope):
            coordinate(.received(session, envelope))
        case .toNode(let session, let envelope):
            guard let index = nodes.firstIndex(where: { $0.session == session }) else { return }
            if nodes[index].pausedUntil > now {
                agenda.add(happening, at: nodes[index].pausedUntil)
            } else {
                work(index, .received(envelope))
            }
        case .computed(let index, let process, let lease):
            guard nodes[index].process == process else { return }
            switch FakeTasks.run(lease) {
            case .output(let output): work(index, .completed(lease.attempt, output, computeTime: .seconds(1)))
            case .failure(let reason): work(index, .failed(lease.attempt, .deterministic, explanation: reason))
            }
        case .shell(let life, let event):
            if life == self.life { coordinate(event) }
        case .startNode(let index): startNode(index)
        case .startCoordinator: startCoordinator()
        }
    }

    // MARK: - Network

    func transmit(_ happening: Happening) {
        for _ in 0..<(strikes(faults.duplication) ? 2 : 1) where !strikes(faults.loss) {
            let mean = isFaulty ? faults.delay.nanoseconds : 1_000_000
            let uniform = max(1e-9, Double.random(in: 0..<1, using: &random))
            let slow: Int64 = strikes(faults.delay > .milliseconds(2) ? 0.01 : 0) ? 5_000_000_000 : 0
            // A crude exponential: enough to reorder.
            schedule(happening, in: .nanoseconds(slow + min(Int64(Double(mean) / uniform / 4), mean * 8)))
        }
    }

    func newSession() -> SessionID {
        lastSession += 1
        return SessionID(rawValue: lastSession)
    }
}

/// What happens when; ties in the order they were added.
struct Agenda {
    private var heap: [(time: Instant, order: UInt64, happening: MiniCluster.Happening)] = []
    private var added: UInt64 = 0

    private func precedes(_ a: Int, _ b: Int) -> Bool {
        heap[a].time != heap[b].time ? heap[a].time < heap[b].time : heap[a].order < heap[b].order
    }

    mutating func add(_ happening: MiniCluster.Happening, at time: Instant) {
        added += 1
        heap.append((time, added, happening))
        var child = heap.count - 1
        while child > 0, precedes(child, (child - 1) / 2) {
            heap.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    mutating func next() -> (Instant, MiniCluster.Happening)? {
        guard let first = heap.first else { return nil }
        let last = heap.removeLast()
        if !heap.isEmpty {
            heap[0] = last
            var parent = 0
            while true {
                var best = parent
                for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count && precedes(child, best) {
                    best = child
                }
                if best == parent { break }
                heap.swapAt(parent, best)
                parent = best
            }
        }
        return (first.time, first.happening)
    }
}
