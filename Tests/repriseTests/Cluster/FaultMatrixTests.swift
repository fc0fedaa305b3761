import Foundation
import Testing

/// What real machines do to real processes. Each leaves what is learned as it is, or stops the run with a sentence; nodes
/// that are killed, drained and late are in `RunCommandTests` and `NodeCommandsTests`.
@Suite(.serialized, .realClusters, .timeLimit(.minutes(10)))
struct FaultMatrixTests {
    private let runs: TinyRuns

    init() async throws { runs = try await TinyRuns.shared.value }

    /// A lease of a second instead of ten.
    private static let hasty = ["cluster.leaseSeconds=1", "cluster.heartbeatSeconds=0.1"]

    private func expectSame(_ cluster: SmallCluster, _ coordinator: Started) async throws {
        let outcome = try await coordinator.outcome()
        #expect(outcome.status == 0, "\(outcome.error)")
        #expect(try await cluster.digest() == SmallCluster.undisturbed.value)
    }

    private func wait(for words: String, from process: Started) async throws {
        try await eventually("it says \"\(words)\"") {
            if process.errorSoFar.contains(words) { return true }
            try #require(process.isRunning, "\(process.errorSoFar)")
            return false
        }
    }

    // MARK: - Processes

    @Test("A sampler that stands still for longer than its lease is fenced, and starts over as a new incarnation")
    func stopped() async throws {
        let cluster = try SmallCluster(runs, "stopped", settings: Self.hasty)
        let coordinator = try cluster.coordinator()
        let others = try [cluster.node("scorer"), cluster.node("learner")]
        let sampler = try cluster.node("sampler")
        // Not before it knows the short lease, or it takes its pause for a short one.
        try await wait(for: "joined the run", from: sampler)
        sampler.signal(SIGSTOP)
        try await wait(for: "sampler sampler was lost", from: coordinator)
        sampler.signal(SIGCONT)
        try await expectSame(cluster, coordinator)
        let outcome = try await sampler.outcome()
        #expect(outcome.status == 0)
        #expect(outcome.error.contains("this process stood still for"))
        #expect(outcome.error.contains("no longer a member"))
        for other in others { #expect(try await other.outcome().status == 0) }
        let twice = try await cluster.count(
            "select count(*) from (select 1 from tasks group by iteration, split, kind, task having count(*) > 1)")
        #expect(twice == 0)
    }

    @Test("A coordinator that stands still holds it against nobody")
    func stoppedCoordinator() async throws {
        let cluster = try SmallCluster(runs, "stopped-coordinator", settings: Self.hasty)
        let coordinator = try cluster.coordinator()
        let nodes = try cluster.nodes()
        try await wait(for: "phase: sampling(iteration: 1)", from: coordinator)
        coordinator.signal(SIGSTOP)
        // The fault itself is this long: more than a lease.
        try await Task.sleep(for: .seconds(1.5))
        coordinator.signal(SIGCONT)
        try await expectSame(cluster, coordinator)
        #expect(!coordinator.errorSoFar.contains("was lost"))
        for node in nodes { #expect(try await node.outcome().status == 0) }
    }

    @Test("A node whose coordinator is gone for good exits with a sentence")
    func silence() async throws {
        let cluster = try SmallCluster(runs, "silence", settings: Self.hasty + ["cluster.silenceExitSeconds=1.5"])
        let coordinator = try cluster.coordinator()
        let node = try cluster.node("scorer")
        try await wait(for: "joined the run", from: node)
        coordinator.signal(SIGKILL)
        _ = try await coordinator.outcome()
        let outcome = try await node.outcome()
        #expect(outcome.status == 69, "\(outcome.error)")
        #expect(outcome.error.split(separator: "\n").last?.contains("nothing was heard from the coordinator") == true)
    }

    // MARK: - Network

    @Test(
        "A node whose network is cut stops, loses its leases, and joins again when the network is back",
        .enabled(if: Machine.hasNamespaces, "needs root and ip netns"), arguments: Cable.Direction.allCases)
    func cut(direction: Cable.Direction) async throws {
        let cable = try Cable()
        let cluster = try SmallCluster(runs, "cut-\(direction)", settings: Self.hasty, host: cable.near)
        let coordinator = try cluster.coordinator()
        let others = try [cluster.node("scorer"), cluster.node("learner")]
        let sampler = try cluster.node("sampler", wrapper: cable.wrapper)
        try await wait(for: "sampler sampler joined", from: coordinator)
        cable.cut(direction)
        try await wait(for: "sampler sampler was lost", from: coordinator)
        cable.mend(direction)
        try await eventually("the sampler is back") {
            coordinator.errorSoFar.ranges(of: "sampler sampler joined").count > 1
        }
        try await expectSame(cluster, coordinator)
        for node in others + [sampler] { #expect(try await node.outcome().status == 0) }
    }

    @Test("Strangers at the port disturb nobody")
    func strangers() async throws {
        let cluster = try SmallCluster(runs, "strangers", settings: Self.hasty)
        let coordinator = try cluster.coordinator()
        try await wait(for: "listening", from: coordinator)
        let port = cluster.endpoint.split(separator: ":").last ?? ""
        let noise = """
            for i in 1 2 3 4 5; do head -c 100000 /dev/urandom > /dev/tcp/127.0.0.1/\(port); done
            printf '\\377\\0\\0\\0\\0\\0\\0\\0\\001\\177\\003\\0' > /dev/tcp/127.0.0.1/\(port)
            """
        _ = try await Binary.shell("bash -c \"\(noise.replacing("\n", with: "; "))\"")
        let nodes = try cluster.nodes()
        let other = try cluster.node("sampler", "other-cpu", environment: ["OPENBLAS_CORETYPE": "Prescott"])
        try await expectSame(cluster, coordinator)
        for node in nodes { #expect(try await node.outcome().status == 0) }
        let outcome = try await other.outcome()
        // A machine whose BLAS has one kernel only computes the same whatever it is told.
        #expect(outcome.status == 77 || outcome.status == 0, "\(outcome.error)")
        if outcome.status == 77 { #expect(outcome.error.contains("set the same OPENBLAS_CORETYPE")) }
    }

    // MARK: - Disks

    @Test(
        "A full disk stops the coordinator with a sentence; with room again the run goes on to the same end",
        .enabled(if: Machine.hasSmallDisks, "needs root and tmpfs"))
    func fullDisk() async throws {
        let disk = try SmallDisk(megabytes: 8)
        let cluster = try SmallCluster(runs, "full-disk", directory: disk.path + "/run")
        let first = try cluster.coordinator()
        let nodes = try cluster.nodes()
        try await wait(for: "phase: sampling(iteration: 1)", from: first)
        disk.fill()
        let outcome = try await first.outcome()
        #expect(outcome.status == 73, "\(outcome.error)")
        let sentence = outcome.error.split(separator: "\n").last ?? ""
        #expect(sentence.contains("disk is full") || sentence.contains("No space left"), "\(sentence)")
        // Still full: refused again, with nothing lost.
        #expect(try await cluster.coordinator().outcome().status == 73)
        try disk.empty()
        try await expectSame(cluster, try cluster.coordinator())
        for node in nodes { #expect(try await node.outcome().status == 0) }
        let verified = try await Binary.run(["verify", cluster.directory])
        #expect(verified.status == 0, "\(verified.output)\(verified.error)")
    }

    @Test(
        "A learner whose cache has no room trains all the same",
        .enabled(if: Machine.hasSmallDisks, "needs root and tmpfs"))
    func fullCache() async throws {
        let disk = try SmallDisk(megabytes: 1)
        disk.fill()
        let cluster = try SmallCluster(runs, "full-cache")
        let coordinator = try cluster.coordinator()
        let others = try [cluster.node("sampler"), cluster.node("scorer")]
        let learner = try Started([
            "learner", "--connect", cluster.endpoint, "--checkpoints", disk.path, "--checkpoint-seconds", "0.001",
        ])
        try await expectSame(cluster, coordinator)
        let outcome = try await learner.outcome()
        #expect(outcome.status == 0)
        #expect(outcome.error.contains("the training goes on, but could not be saved"))
        for other in others { #expect(try await other.outcome().status == 0) }
    }
}
