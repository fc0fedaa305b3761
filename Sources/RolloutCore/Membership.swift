import Digests
import OrderedCollections

/// Who belongs to the cluster, and whose messages count.
///
/// - A node is named by `node` and role; a process of it by its random *incarnation*; a connection by its *session*. A
///   member is an incarnation. Messages are matched by incarnation, so a process whose connection was replaced stays a
///   member; its replies go to the session of its latest Hello.
/// - *Hello* is welcomed when run, software version and numeric fingerprint are the run's; that of a scorer which states its
///   reward, when run and reward are; that of a node behind which an engine does the work, when run, version and engine
///   are. A repeated Hello is welcomed again. A Hello of the same node and role with another incarnation replaces the
///   old one: that process is gone.
/// - An incarnation that was replaced, said goodbye or was silent for a whole lease is *fenced*: whatever it still sends
///   is answered `fenced` and has no effect for the rest of the term. The node says Hello with a new incarnation.
/// - Members and fences live as long as a term. After a restart of the coordinator every node is unknown and still sends
///   under the older term: it is answered `fenced` in an envelope with the new term. The node then keeps incarnation and
///   work and says Hello; once welcomed it reports what it holds, which renews or re-creates its leases, and sends its
///   finished results again, which are accepted by their input digest.
///
/// Fencing tokens: Gray and Cheriton, "Leases", SOSP 1989; Chubby's sequencers (Burrows, OSDI 2006).
struct Membership: Sendable, Equatable {
    static let limit = 4096
    static let creditLimit: UInt32 = 4096
    static let fenceLimit = 65_536

    let run: Digest
    let term: Term
    let softwareVersion: String
    let numericFingerprint: Digest
    let reward: RewardIdentity
    let engines: [Role: EngineIdentity]
    private(set) var members: OrderedDictionary<Incarnation, Member> = [:]
    /// The latest that were fenced: a flood of incarnations must not fill the memory.
    private(set) var fenced: OrderedSet<Incarnation> = []
    /// Counts who came, who went, and whose credit changed.
    private(set) var changes = 0
    var mutations = Mutations.none
    private var ghosts: [Incarnation: Member] = [:]

    init(
        run: Digest, term: Term, softwareVersion: String, numericFingerprint: Digest,
        reward: RewardIdentity = RewardIdentity(), engines: [Role: EngineIdentity] = [:]
    ) {
        self.run = run
        self.term = term
        self.softwareVersion = softwareVersion
        self.numericFingerprint = numericFingerprint
        self.reward = reward
        self.engines = engines
    }

    subscript(incarnation: Incarnation) -> Member? {
        get { members[incarnation] }
        set {
            guard let old = members[incarnation] else { return }
            if old.credit != newValue?.credit || old.strays != newValue?.strays { changes += 1 }
            members[incarnation] = newValue
        }
    }

    /// Every member, in the order they joined.
    var all: [Member] { members.values.elements }

    enum HelloVerdict: Equatable {
        /// A new member; the process it replaces, if any, is out.
        case joined(Member, replacing: Member?)
        /// The same member again: its Welcome was lost, or it has a new connection.
        case repeated(Member, moved: Bool)
        case reject(Rejection)
        case fenced(String)
        case ignored(String)
    }

    mutating func hello(
        _ hello: Hello, session: SessionID, envelope: Envelope<NodeMessage>, now: Instant
    ) -> HelloVerdict {
        if envelope.term > term { return .ignored("Hello of a later term") }
        if let rejection = rejection(of: hello, run: envelope.run) { return .reject(rejection) }
        let incarnation = envelope.incarnation
        if fenced.contains(incarnation) { return .fenced("this incarnation is no longer a member") }
        if var member = members[incarnation] {
            guard envelope.sequence > member.helloSequence else { return .repeated(member, moved: false) }
            let moved = member.session != session
            member.session = session
            member.helloSequence = envelope.sequence
            member.lastHeard = now
            members[incarnation] = member
            return .repeated(member, moved: moved)
        }
        let old = members.values.first {
            $0.node == hello.node && $0.role == hello.role && !mutations.has(.keepsReplacedProcess)
        }
        if let old {
            remove(old.incarnation)
        } else if members.count >= Self.limit {
            return .reject(Rejection(reason: .busy, explanation: "the coordinator has all the nodes it can serve"))
        }
        let member = Member(hello, session: session, envelope: envelope, now: now)
        members[incarnation] = member
        changes += 1
        return .joined(member, replacing: old)
    }

    private func rejection(of hello: Hello, run other: Digest) -> Rejection? {
        if other != run, other != .zero {
            return Rejection(
                reason: .otherRun, explanation: "this coordinator serves run \(run.short), not \(other.short)")
        }
        // A scorer that states its reward vouches for that, the only thing it computes, and is compared by nothing else.
        if hello.role == .scorer, !hello.reward.isEmpty {
            if hello.reward != reward.name {
                return Rejection(
                    reason: .reward,
                    explanation: "the node computes the reward '\(hello.reward)' and the run's is '\(reward.name)'")
            }
            return malformation(of: hello)
        }
        if hello.role == .scorer, !reward.isBuiltIn {
            return Rejection(
                reason: .reward,
                explanation: "the run's reward '\(reward.name)' is computed by scorers that were told how: give "
                    + "reprise scorer the run's configuration with --config")
        }
        if hello.softwareVersion != softwareVersion {
            return Rejection(
                reason: .softwareVersion,
                explanation: "the node runs version \(hello.softwareVersion) and the coordinator \(softwareVersion): "
                    + "start both from the same build")
        }
        let engine = engines[hello.role]
        if hello.engine != engine?.name ?? "" {
            return Rejection(reason: .engine, explanation: mismatch(of: hello, engine))
        }
        // A node that hands everything on has no arithmetic to compare.
        if hello.numericFingerprint != numericFingerprint, engine?.computes ?? true {
            return Rejection(
                reason: .numericFingerprint,
                explanation: "the node's arithmetic (\(hello.numericFingerprint.short)) differs from the run's "
                    + "(\(numericFingerprint.short)): set the same OPENBLAS_CORETYPE and use the same libraries on every node"
            )
        }
        return malformation(of: hello)
    }

    private func mismatch(of hello: Hello, _ engine: EngineIdentity?) -> String {
        switch (hello.engine, engine) {
        case (let own, nil):
            "the node works through '\(own)' and this run's \(hello.role)s compute themselves: start it without that "
                + "setting"
        case ("", let engine?):
            "this run's \(hello.role)s work through '\(engine.name)': give reprise \(hello.role) the run's configuration "
                + "with --config"
        case (let own, let engine?):
            "the node works through '\(own)' and this run's \(hello.role)s through '\(engine.name)'"
        }
    }

    private func malformation(of hello: Hello) -> Rejection? {
        guard hello.slots > 0, hello.credit >= hello.slots, hello.credit <= Self.creditLimit, !hello.node.isEmpty,
            hello.node.utf8.count <= 256
        else {
            return Rejection(
                reason: .malformed,
                explanation:
                    "a Hello needs a name of at most 256 bytes, at least one slot, and a credit between its slots "
                    + "and \(Self.creditLimit)")
        }
        return nil
    }

    enum Admission: Equatable {
        case member(Member)
        case fenced(String)
        case ignored(String)
    }

    /// Decides whether a message other than Hello counts; if so its sender was heard now.
    mutating func admit(_ envelope: Envelope<NodeMessage>, now: Instant) -> Admission {
        guard envelope.run == run else { return .ignored("message of another run") }
        if envelope.term > term { return .ignored("message of a later term") }
        if envelope.term < term { return .fenced("the coordinator is in term \(term.rawValue) now: say Hello again") }
        if mutations.has(.letsFencedAct), let ghost = ghosts[envelope.incarnation] { return .member(ghost) }
        guard var member = members[envelope.incarnation] else {
            return .fenced("this incarnation is no longer a member: say Hello with a new one")
        }
        member.lastHeard = now
        members[envelope.incarnation] = member
        return .member(member)
    }

    /// A heartbeat tells where its node is: what stands between may have made a new connection without its knowledge, and the
    /// node would hear nothing until it gave up. An older message tells nothing.
    ///
    /// - Returns: the member in its new place; nil when it has not moved.
    mutating func move(_ incarnation: Incarnation, to session: SessionID, sequence: UInt64) -> Member? {
        guard var member = members[incarnation], member.session != session,
            sequence > max(member.helloSequence, member.heartbeatSequence)
        else { return nil }
        member.session = session
        members[incarnation] = member
        return member
    }

    /// Takes an incarnation out for good.
    @discardableResult mutating func remove(_ incarnation: Incarnation) -> Member? {
        if fenced.count == Self.fenceLimit { fenced.removeFirst(Self.fenceLimit / 2) }
        fenced.append(incarnation)
        changes += 1
        if mutations.has(.letsFencedAct) { ghosts[incarnation] = members[incarnation] }
        return members.removeValue(forKey: incarnation)
    }

    /// Members not heard for that long.
    func silent(for duration: Duration, at now: Instant) -> [Member] {
        members.values.filter { $0.lastHeard.duration(to: now) >= duration }
    }

    /// Time the coordinator itself was stopped is not held against anyone.
    mutating func forgive(_ gap: Duration) {
        for index in members.values.indices {
            members.values[index].lastHeard = members.values[index].lastHeard.advanced(by: gap)
        }
    }

    /// Names of the live nodes of a role.
    func nodes(_ role: Role) -> Set<String> { Set(members.values.lazy.filter { $0.role == role }.map(\.node)) }
}

/// One incarnation of a node, as long as it is a member.
struct Member: Sendable, Equatable {
    let incarnation: Incarnation
    let node: String
    let role: Role
    let slots: Int
    var session: SessionID
    var lastHeard: Instant
    /// Sequence numbers that tell a later Hello or Heartbeat from a delayed or repeated one.
    var helloSequence: UInt64
    var heartbeatSequence: UInt64 = 0
    /// Leases the node takes at the same time, as it said last.
    var credit: Int
    /// Attempts the node holds that are not its leases: finished results on their way, or work leased anew elsewhere.
    var strays = 0

    init(_ hello: Hello, session: SessionID, envelope: Envelope<NodeMessage>, now: Instant) {
        incarnation = envelope.incarnation
        node = hello.node
        role = hello.role
        slots = Int(hello.slots)
        self.session = session
        lastHeard = now
        helloSequence = envelope.sequence
        // A node that was a member before may hold work: it gets none before its first heartbeat says how much.
        credit = envelope.term.rawValue == 0 ? Int(hello.credit) : 0
    }
}
