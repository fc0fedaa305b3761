import Digests
import Testing

@testable import RolloutCore

@Suite struct MembershipTests {
    let run = Digest.of("run")
    let start = Instant(sinceStart: .zero)
    let session = SessionID(rawValue: 1)

    func membership() -> Membership {
        Membership(
            run: run, term: Term(rawValue: 5), softwareVersion: "1", numericFingerprint: MiniCluster.fingerprint)
    }

    func envelope(
        _ incarnation: UInt64, _ sequence: UInt64 = 1, term: UInt64 = 0, run: Digest = .zero,
        message: NodeMessage = .goodbye
    ) -> Envelope<NodeMessage> {
        Envelope(
            run: run, term: Term(rawValue: term), incarnation: Incarnation(rawValue: incarnation), sequence: sequence,
            message: message)
    }

    func hello(_ membership: inout Membership, _ node: String, _ incarnation: UInt64, sequence: UInt64 = 1)
        -> Membership.HelloVerdict
    {
        membership.hello(
            Harness.hello(.sampler, node), session: session, envelope: envelope(incarnation, sequence), now: start)
    }

    @Test func aHelloIsWelcomedAndWelcomedAgain() {
        var membership = membership()
        guard case .joined(let member, replacing: nil) = hello(&membership, "a", 1) else {
            Issue.record("not joined")
            return
        }
        #expect(member.node == "a" && member.credit == 2 && member.slots == 1)
        guard case .repeated(_, moved: false) = hello(&membership, "a", 1) else {
            Issue.record("not repeated")
            return
        }
        #expect(membership.all.count == 1)
    }

    /// A scorer that states a reward is compared by that; one that does not computes only what is built in.
    @Test func scorersVouchForTheirReward() {
        var plain = membership()
        var external = Membership(
            run: run, term: Term(rawValue: 5), softwareVersion: "1", numericFingerprint: MiniCluster.fingerprint,
            reward: RewardIdentity(name: "mine", isBuiltIn: false))
        func verdict(_ membership: inout Membership, _ role: Role, _ reward: String, version: String) -> String {
            let hello = Hello(
                role: role, node: "\(role) \(reward)", softwareVersion: version, numericFingerprint: .zero, slots: 1,
                credit: 1, reward: reward)
            let incarnation = UInt64(membership.all.count + 1)
            switch membership.hello(hello, session: session, envelope: envelope(incarnation), now: start) {
            case .joined: return "joined"
            case .reject(let rejection): return "\(rejection.reason): \(rejection.explanation)"
            default: return "other"
            }
        }
        #expect(verdict(&plain, .scorer, "rougeL", version: "python") == "joined")
        #expect(verdict(&external, .scorer, "mine", version: "python") == "joined")
        #expect(
            verdict(&plain, .scorer, "mine", version: "1")
                == "reward: the node computes the reward 'mine' and the run's is 'rougeL'")
        #expect(verdict(&external, .scorer, "", version: "1").contains("--config"))
        #expect(verdict(&plain, .scorer, "", version: "2").hasPrefix("softwareVersion"))
        #expect(verdict(&plain, .sampler, "rougeL", version: "1").hasPrefix("numericFingerprint"))
    }

    /// A node behind which a program does the work is compared by that program; its own arithmetic does nothing.
    @Test func nodesStateTheEngineBehindThem() {
        var plain = membership()
        func engine(_ identity: EngineIdentity) -> Membership {
            Membership(
                run: run, term: Term(rawValue: 5), softwareVersion: "1", numericFingerprint: MiniCluster.fingerprint,
                engines: [.sampler: identity])
        }
        var served = engine(EngineIdentity(name: "vllm: m"))
        var computing = engine(EngineIdentity(name: "vllm: m", computes: true))
        func verdict(
            _ membership: inout Membership, _ role: Role, _ engine: String, version: String = "1",
            fingerprint: Digest = .zero
        ) -> String {
            let hello = Hello(
                role: role, node: "\(role) \(engine)", softwareVersion: version, numericFingerprint: fingerprint,
                slots: 1,
                credit: 1, engine: engine)
            let incarnation = UInt64(membership.all.count + 1)
            switch membership.hello(hello, session: session, envelope: envelope(incarnation), now: start) {
            case .joined: return "joined"
            case .reject(let rejection): return "\(rejection.reason): \(rejection.explanation)"
            default: return "other"
            }
        }
        #expect(verdict(&served, .sampler, "vllm: m") == "joined")
        #expect(verdict(&served, .sampler, "vllm: m", version: "2").hasPrefix("softwareVersion"))
        #expect(verdict(&served, .sampler, "").contains("give reprise sampler the run's configuration with --config"))
        #expect(
            verdict(&served, .sampler, "sglang: m")
                == "engine: the node works through 'sglang: m' and this run's samplers through 'vllm: m'")
        #expect(verdict(&served, .learner, "").hasPrefix("numericFingerprint"))
        #expect(verdict(&served, .learner, "", fingerprint: MiniCluster.fingerprint) == "joined")
        #expect(
            verdict(&plain, .sampler, "vllm: m").hasPrefix("engine: the node works through 'vllm: m' and this run's"))
        #expect(verdict(&computing, .sampler, "vllm: m").hasPrefix("numericFingerprint"))
        #expect(verdict(&computing, .sampler, "vllm: m", fingerprint: MiniCluster.fingerprint) == "joined")
    }

    @Test func aNewConnectionMovesTheMemberAndALateHelloDoesNot() {
        var membership = membership()
        _ = hello(&membership, "a", 1)
        let other = SessionID(rawValue: 9)
        let say = Harness.hello(.sampler, "a")
        _ = membership.hello(say, session: other, envelope: envelope(1, 3), now: start)
        #expect(membership.all.map(\.session) == [other])
        _ = membership.hello(say, session: session, envelope: envelope(1, 2), now: start)
        #expect(membership.all.map(\.session) == [other])
    }

    @Test func aNewProcessReplacesTheOldAndFencesIt() {
        var membership = membership()
        _ = hello(&membership, "a", 1)
        guard case .joined(_, replacing: let old?) = hello(&membership, "a", 2) else {
            Issue.record("nobody replaced")
            return
        }
        #expect(old.incarnation.rawValue == 1)
        guard case .fenced = hello(&membership, "a", 1, sequence: 2) else {
            Issue.record("the old process came back")
            return
        }
        guard case .fenced = membership.admit(envelope(1, term: 5, run: run), now: start) else {
            Issue.record("the old process was heard")
            return
        }
        #expect(membership.all.map(\.incarnation.rawValue) == [2])
    }

    @Test func sameNameInAnotherRoleIsAnotherNode() {
        var membership = membership()
        _ = hello(&membership, "a", 1)
        _ = membership.hello(Harness.hello(.scorer, "a"), session: session, envelope: envelope(2), now: start)
        #expect(membership.all.count == 2)
    }

    @Test(arguments: [Rejection.Reason.softwareVersion, .numericFingerprint, .otherRun, .malformed])
    func whatDiffersIsRefused(reason: Rejection.Reason) {
        var membership = membership()
        var hello = Harness.hello(.sampler, "a")
        var message = envelope(1)
        switch reason {
        case .softwareVersion: hello.softwareVersion = "2"
        case .numericFingerprint: hello.numericFingerprint = .zero
        case .otherRun: message.run = Digest.of("other")
        default: hello.credit = 0
        }
        guard case .reject(let rejection) = membership.hello(hello, session: session, envelope: message, now: start)
        else {
            Issue.record("welcomed")
            return
        }
        #expect(rejection.reason == reason && rejection.explanation.count > 20)
        #expect(membership.all.isEmpty)
    }

    @Test func onlyMembersOfThisTermAndRunAreAdmitted() {
        var membership = membership()
        _ = hello(&membership, "a", 1)
        let later = start.advanced(by: .seconds(3))
        guard case .member = membership.admit(envelope(1, term: 5, run: run), now: later) else {
            Issue.record("a member was not admitted")
            return
        }
        #expect(membership.silent(for: .seconds(3), at: later.advanced(by: .seconds(2))).isEmpty)
        guard case .fenced(let reason) = membership.admit(envelope(1, term: 4, run: run), now: start) else {
            Issue.record("a message of an older term counted")
            return
        }
        #expect(reason.contains("term 5"))
        guard case .fenced = membership.admit(envelope(8, term: 5, run: run), now: start),
            case .ignored = membership.admit(envelope(1, term: 6, run: run), now: start),
            case .ignored = membership.admit(envelope(1, term: 5, run: .zero), now: start)
        else {
            Issue.record("a stranger's message counted")
            return
        }
    }

    @Test func silenceIsSinceTheLastMessageAndForgivable() {
        var membership = membership()
        _ = hello(&membership, "a", 1)
        let later = start.advanced(by: .seconds(10))
        #expect(membership.silent(for: .seconds(10), at: later).count == 1)
        membership.forgive(.seconds(1))
        #expect(membership.silent(for: .seconds(10), at: later).isEmpty)
    }
}
