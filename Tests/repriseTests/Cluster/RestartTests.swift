import Foundation
import Testing

/// A coordinator that is killed while its nodes live and started again at the same place: they join again, what they have
/// finished is accepted, and nothing is computed twice that was on disk.
@Suite(.serialized, .realClusters, .timeLimit(.minutes(10)))
struct RestartTests {
    private let runs: TinyRuns

    init() async throws { runs = try await TinyRuns.shared.value }

    /// When the coordinator dies.
    enum Moment: String, CaseIterable, CustomTestStringConvertible {
        /// Within the commit of results whose nodes have been told that they may forget them.
        case expectation = "journal.result.written:3"
        case betweenSealAndTraining = "journal.seal.committed"
        case training = "training"
        /// The second training's weights are on their way from the learner.
        case weightsIn = "blob.grown:2"
        /// The first policy's weights are on their way to the sampler: the base went to sampler and learner before.
        case weightsOut = "chunk.leaving:4"

        var testDescription: String { rawValue }
    }

    @Test("Nodes outlive their coordinator, and nothing on disk is done again", arguments: Moment.allCases)
    func restart(moment: Moment) async throws {
        // Long enough to die in.
        let long = moment == .training ? ["training.epochs=60"] : []
        let truth =
            try await moment == .training
            ? SmallCluster(runs, "restart-undisturbed", settings: long).whole() : SmallCluster.undisturbed.value
        let cluster = try SmallCluster(runs, "restart-\(moment)", settings: long)
        let nodes = try cluster.nodes()
        let work = NodeWork(nodes)
        let failpoint = moment == .training ? [:] : ["REPRISE_FAILPOINT": moment.rawValue]
        let first = try cluster.coordinator(failpoint)
        if moment == .training {
            try await eventually("the learner trains") { nodes[2].errorSoFar.contains("leased train 1/train/0") }
            first.signal(SIGKILL)
        }
        #expect(try await first.outcome().status == 128 + SIGKILL)
        let acknowledged = work.count("acknowledged")
        let recorded = try await cluster.count("select count(*) from tasks where outcome = 'done'")
        let second = try await cluster.coordinator().outcome()
        #expect(second.status == 0, "\(second.error)")
        var joinedAgain = 0
        for node in nodes {
            let outcome = try await node.outcome()
            #expect(outcome.status == 0, "\(outcome.error)")
            // A busy machine may have started one too late for the first term.
            let isFromTheFirst = outcome.error.contains("joined the run, term 1")
            #expect(
                outcome.error.contains("term 2 now: joining again, work kept") == isFromTheFirst, "\(outcome.error)")
            joinedAgain += isFromTheFirst ? 1 : 0
        }
        #expect(joinedAgain > 0)
        let repeated = work.repeated
        // For whoever reads the test's output.
        print(
            "restart at \(moment.rawValue): \(recorded) results on disk, \(acknowledged) acknowledged, "
                + "\(repeated.count) computed again")
        #expect(repeated.count <= max(0, acknowledged - recorded), "\(repeated)")
        #expect(try await cluster.digest() == truth)
        let verified = try await Binary.run(["verify", cluster.directory])
        #expect(verified.status == 0, "\(verified.output)\(verified.error)")
    }
}

/// What nodes that log everything have computed.
struct NodeWork: Sendable {
    private let nodes: [Started]

    init(_ nodes: [Started]) { self.nodes = nodes }

    private func tasks(_ word: String) -> [String] {
        nodes.flatMap { node in
            node.errorSoFar.split(separator: "\n").compactMap { line in
                guard let range = line.range(of: ": \(word) ") else { return nil }
                return line[range.upperBound...].split(separator: ",").first.map(String.init)
            }
        }
    }

    func count(_ word: String) -> Int { tasks(word).count }

    /// Tasks that were computed more than once.
    var repeated: [String] {
        var seen: Set<String> = []
        return tasks("completed").filter { !seen.insert($0).inserted }
    }
}
