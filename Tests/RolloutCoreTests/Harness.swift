import Digests

@testable import RolloutCore

/// A coordinator with nodes played by the test, message by message.
struct Harness {
    struct Peer {
        var session: SessionID
        let incarnation: Incarnation
        let role: Role
        let node: String
        var sequence: UInt64 = 0
    }

    var coordinator: Coordinator
    var now = Instant(sinceStart: .zero)
    var journal: [Record] = []
    var accepted: [TaskID: TaskOutput] = [:]
    var grants: [(grant: Grant, holder: Incarnation)] = []
    var lastID: UInt64 = 0

    init(plan: RunPlan, term: UInt64 = 1, recovered: [Record] = []) throws {
        let base = BaseManifest(weights: plan.base, blob: BlobManifest(of: [1]))
        coordinator = try Coordinator(
            plan: plan, term: Term(rawValue: term), timers: Timers(), base: base, softwareVersion: "1",
            numericFingerprint: MiniCluster.fingerprint, seed: 3, recovered: recovered)
        journal = recovered
        for case .accepted(let result) in recovered { accepted[result.attempt.task] = result.output }
    }

    @discardableResult mutating func start() -> [CoordinatorEffect] { noted(coordinator.start(at: now)) }

    @discardableResult mutating func handle(_ event: CoordinatorEvent) -> [CoordinatorEffect] {
        noted(coordinator.handle(event, at: now))
    }

    @discardableResult mutating func pass(_ duration: Duration) -> [CoordinatorEffect] {
        var effects: [CoordinatorEffect] = []
        let end = now.advanced(by: duration)
        while now < end {
            now = min(end, now.advanced(by: .milliseconds(500)))
            effects += handle(.tick)
        }
        return effects
    }

    private mutating func noted(_ effects: [CoordinatorEffect]) -> [CoordinatorEffect] {
        for effect in effects {
            switch effect {
            case .journal(let record, _):
                journal.append(record)
                if case .accepted(let result) = record { accepted[result.attempt.task] = result.output }
            case .lease(_, let holder, let grant): grants.append((grant, holder))
            default: break
            }
        }
        return effects
    }

    // MARK: - Nodes

    mutating func peer(_ role: Role, _ node: String) -> Peer {
        lastID += 1
        return Peer(
            session: SessionID(rawValue: lastID), incarnation: Incarnation(rawValue: 100 + lastID), role: role,
            node: node)
    }

    static func hello(_ role: Role, _ node: String, slots: UInt32 = 1, credit: UInt32 = 2) -> Hello {
        Hello(
            role: role, node: node, softwareVersion: "1", numericFingerprint: MiniCluster.fingerprint, slots: slots,
            credit: credit)
    }

    @discardableResult mutating func send(
        _ message: NodeMessage, from peer: inout Peer, term: UInt64? = nil
    ) -> [CoordinatorEffect] {
        peer.sequence += 1
        let term = term.map { Term(rawValue: $0) } ?? coordinator.term
        return handle(
            .received(
                peer.session,
                Envelope(
                    run: coordinator.plan.run, term: term, incarnation: peer.incarnation, sequence: peer.sequence,
                    message: message)))
    }

    mutating func join(_ role: Role, _ node: String, slots: UInt32 = 1, credit: UInt32 = 2) -> Peer {
        var peer = peer(role, node)
        send(.hello(Self.hello(role, node, slots: slots, credit: credit)), from: &peer, term: 0)
        return peer
    }

    /// What the peer holds by the coordinator's grants.
    func granted(to peer: Peer) -> [Grant] {
        let held = coordinator.leases.of(peer.incarnation).map(\.attempt)
        return grants.map(\.grant).filter { held.contains($0.attempt) }
    }

    /// The right result of a grant.
    func result(_ grant: Grant) -> TaskResult? {
        guard let work = FakeTasks.work(for: grant.attempt.task, coordinator: coordinator, accepted: accepted) else {
            return nil
        }
        let lease = Lease(
            attempt: grant.attempt, timeToLive: grant.timeToLive, inputDigest: grant.inputDigest, work: work)
        guard case .output(let output) = FakeTasks.run(lease, canFail: false) else { return nil }
        return TaskResult(
            attempt: grant.attempt, inputDigest: grant.inputDigest, resultDigest: output.digest, output: output,
            computeTime: .seconds(1))
    }
}

extension [CoordinatorEffect] {
    /// Messages sent, in order.
    var messages: [CoordinatorMessage] { compactMap { if case .send(_, _, let message) = $0 { message } else { nil } } }
    /// Where they were sent to.
    var sessions: [SessionID] { compactMap { if case .send(let session, _, _) = $0 { session } else { nil } } }
    var records: [Record] { compactMap { if case .journal(let record, _) = $0 { record } else { nil } } }
    var grants: [Grant] { compactMap { if case .lease(_, _, let grant) = $0 { grant } else { nil } } }
    var notices: [Notice] { compactMap { if case .note(let notice) = $0 { notice } else { nil } } }
    var halts: [Halt] { compactMap { if case .halt(let halt) = $0 { halt } else { nil } } }
}
