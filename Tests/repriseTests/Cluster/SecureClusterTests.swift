import Foundation
import Testing

/// Clusters whose connections are encrypted: who is not admitted is refused with a reason, and the run goes on unharmed.
@Suite(.serialized, .realClusters, .timeLimit(.minutes(10)))
struct SecureClusterTests {
    private let runs: TinyRuns
    private let keys: Folder

    init() async throws {
        runs = try await TinyRuns.shared.value
        keys = try Folder()
        try await add(to: keys.path, "sampler", "scorer", "learner", "other")
    }

    private func add(to directory: String, _ names: String...) async throws {
        for arguments in [["init", directory], ["add", directory] + names] {
            let outcome = try await Binary.run(["keys"] + arguments)
            try #require(outcome.status == 0, "\(outcome.error)")
        }
    }

    private func wait(for words: String, from process: Started) async throws {
        try await eventually("it says \"\(words)\"") {
            if process.errorSoFar.contains(words) { return true }
            try #require(process.isRunning, "\(process.errorSoFar)")
            return false
        }
    }

    @Test("Strangers of every kind are refused with a reason and counted, and what is learned is that of a plain run")
    func strangers() async throws {
        let cluster = try SmallCluster(runs, "secure", keys: keys.path)
        let coordinator = try cluster.coordinator()
        try await wait(for: "4 keys of nodes are admitted", from: coordinator)

        // No key. Who of the two sees it first is a matter of chance; the other sees a connection that ended.
        let plain = try Started(["sampler", "--connect", cluster.endpoint, "--name", "plain"])
        try await sayThatKeysDiffer(plain)
        try await wait(for: "refused a connection: it ", from: coordinator)
        // One that nobody knows: the node is told, and ends.
        let foreign = try Folder()
        try await add(to: foreign.path, "sampler")
        try FileManager.default.removeItem(atPath: foreign("public/server.pub"))
        try FileManager.default.copyItem(atPath: keys("public/server.pub"), toPath: foreign("public/server.pub"))
        let unknown = try await cluster.node("sampler", keys: foreign.path).outcome()
        unknown.expectRefusal("this node's key is not on its list")
        try await wait(for: "from 127.0.0.1 with the key", from: coordinator)
        // The key of another coordinator: this one may be the impostor, so the node does not talk to it, and says so.
        let elsewhere = try Folder()
        try await add(to: elsewhere.path, "sampler")
        let misled = try cluster.node("sampler", keys: elsewhere.path)
        try await wait(for: "is --server-key the key of that coordinator", from: misled)
        try await wait(for: "its server key is not this one's", from: coordinator)
        misled.signal(SIGTERM)
        // Nor does a node with keys talk to a coordinator without.
        let open = try SmallCluster(runs, "open")
        let openCoordinator = try open.coordinator()
        try await wait(for: "listening", from: openCoordinator)
        let wary = try Started(["sampler", "--connect", open.endpoint, "--name", "sampler", "--keys", keys.path])
        try await sayThatKeysDiffer(wary)
        openCoordinator.signal(SIGTERM)

        let nodes = try cluster.nodes()
        let outcome = try await coordinator.outcome()
        #expect(outcome.status == 0, "\(outcome.error)")
        for node in nodes { #expect(try await node.outcome().status == 0) }
        #expect(try await cluster.digest() == SmallCluster.undisturbed.value)
        for reasons in [
            "'refused.otherMechanism', 'refused.unfinished'", "'refused.unknownKey'", "'refused.wrongServerKey'",
        ] {
            #expect(try await cluster.count("select sum(value) from live where key in (\(reasons))") >= 1, "\(reasons)")
        }
        let status = try await Binary.run(["status", cluster.directory])
        #expect(status.output.contains("unknownKey"), "\(status.output)")
        try expectNoSecrets(in: [outcome.error, status.output], cluster)
    }

    /// Waits until a node says that one side has keys and the other none, and ends it.
    private func sayThatKeysDiffer(_ node: Started) async throws {
        try await eventually("it says why it does not join") {
            node.errorSoFar.contains("do both of you have keys or neither")
                || node.errorSoFar.contains("one of the two encrypts and the other does not")
        }
        #expect(!node.errorSoFar.contains("joined"))
        node.signal(SIGTERM)
    }

    /// Secrets stand in no log, no file of the run, and no command line.
    private func expectNoSecrets(in texts: [String], _ cluster: SmallCluster) throws {
        for name in ["server", "sampler", "scorer", "learner"] {
            let secret = try String(contentsOfFile: keys("\(name).key"), encoding: .utf8).prefix(40)
            for text in texts { #expect(!text.contains(secret)) }
            #expect(Machine.run("grep -rqF '\(secret)' '\(cluster.directory)'") == 1)
        }
    }

    @Test("A key that is revoked expels its node at once and is refused afterwards; one that is added may join")
    func revocation() async throws {
        let cluster = try SmallCluster(runs, "revoked", keys: keys.path)
        let coordinator = try cluster.coordinator()
        let sampler = try cluster.node("sampler")
        try await wait(for: "sampler sampler joined", from: coordinator)
        #expect(try await Binary.run(["keys", "revoke", keys.path, "sampler"]).status == 0)
        try await wait(for: "sampler sampler is expelled: its key was revoked", from: coordinator)
        let expelled = try await sampler.outcome()
        expelled.expectRefusal("was revoked")
        #expect(expelled.error.contains("no longer a member: its key was revoked"))
        try await wait(for: "with the key of sampler: its key was revoked", from: coordinator)

        #expect(try await Binary.run(["keys", "add", keys.path, "late"]).status == 0)
        coordinator.signal(SIGHUP)
        try await wait(for: "admitted late", from: coordinator)
        let nodes = try ["scorer", "learner"].map { try cluster.node($0) } + [cluster.node("sampler", "late")]
        let outcome = try await coordinator.outcome()
        #expect(outcome.status == 0, "\(outcome.error)")
        for node in nodes { #expect(try await node.outcome().status == 0) }
        #expect(try await cluster.digest() == SmallCluster.undisturbed.value)
    }

    @Test(
        "On four hosts of their own, one of them cut off for 20 s, a cluster learns what it learns on one",
        .enabled(if: Machine.hasNamespaces, "needs root and ip netns"))
    func fourHosts() async throws {
        let hosts = try Hosts(4)
        let cluster = try SmallCluster(runs, "four-hosts", host: Hosts.address(of: 0), keys: keys.path)
        let coordinator = try cluster.coordinator(wrapper: hosts.wrapper(of: 0))
        try await wait(for: "listening", from: coordinator)
        let nodes = try [
            cluster.node("scorer", wrapper: hosts.wrapper(of: 1)),
            cluster.node("sampler", wrapper: hosts.wrapper(of: 1)),
            cluster.node("sampler", "other", wrapper: hosts.wrapper(of: 2)),
            cluster.node("learner", wrapper: hosts.wrapper(of: 3)),
        ]
        for name in ["sampler other", "sampler sampler", "scorer scorer"] {
            try await wait(for: name + " joined", from: coordinator)
        }
        // The only scorer is on it: the run cannot end meanwhile.
        hosts.cut(1)
        try await wait(for: "scorer scorer was lost", from: coordinator)
        // The fault itself is this long.
        try await Task.sleep(for: .seconds(20))
        hosts.mend(1)
        for name in ["sampler sampler", "scorer scorer"] {
            try await eventually("\(name) is back") {
                coordinator.errorSoFar.ranges(of: name + " joined").count > 1
            }
        }
        let outcome = try await coordinator.outcome()
        #expect(outcome.status == 0, "\(outcome.error)")
        for node in nodes { #expect(try await node.outcome().status == 0) }
        #expect(try await cluster.digest() == SmallCluster.undisturbed.value)
    }
}

extension Binary.Outcome {
    fileprivate func expectRefusal(_ words: String, at location: SourceLocation = #_sourceLocation) {
        #expect(status == 77, "\(error)", sourceLocation: location)
        #expect(error.split(separator: "\n").last?.contains(words) == true, "\(error)", sourceLocation: location)
    }
}
