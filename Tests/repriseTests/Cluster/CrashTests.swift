import Failpoints
import Foundation
import Testing

/// A coordinator that dies at any boundary of its journal and blobs goes on where it was.
@Suite(.serialized, .realClusters, .timeLimit(.minutes(10)))
struct CrashTests {
    private let runs: TinyRuns

    init() async throws { runs = try await TinyRuns.shared.value }

    /// A point, and which time it is reached: a coordinator that goes on writes its endpoint first.
    private struct Death {
        let point: Failpoint
        let time: Int

        /// The boundaries of a file that is replaced whole. One that is in its place is not written again, so only one of the
        /// last two can be reached.
        static func file(_ time: Int, _ last: Failpoint) -> [Death] {
            [.fileCreated, .fileWritten, .fileSynchronized, last].map { Death(point: $0, time: time) }
        }

        static func each(_ points: Failpoint...) -> [Death] { points.map { Death(point: $0, time: 1) } }
    }

    /// Where the coordinator of one small run is killed, one start after the other.
    private static let deaths: [Death] = {
        // run.yaml, without which nothing else is written; the base's archive, the run's rows, the endpoint.
        var deaths = Death.each(.directoryPrepared) + Death.file(1, .fileRenamed) + Death.file(1, .filePublished)
        deaths += Death.each(.runWritten, .runCommitted)
        deaths += Death.file(1, .filePublished) + Death.each(.termWritten, .termCommitted)
        // The first training set, and its training.
        deaths += Death.file(2, .fileRenamed) + Death.each(.trainingSetWritten, .trainingSetCommitted, .chunkLeaving)
        deaths += Death.each(.chunkArrived, .blobGrown, .blobComplete, .blobSynchronized, .blobPublished)
        deaths += Death.each(.resultWritten, .policyWritten, .resultCommitted)
        // The E-step's seal, its training set and its training.
        deaths += Death.each(.sealWritten, .sealCommitted)
        deaths += [Death(point: .filePublished, time: 2)]
        deaths += Death.each(.trainingSetCommitted, .blobComplete, .policyCommitted)
        // The end, and the best policy's checkpoint.
        deaths += Death.each(.outcomeWritten, .outcomeCommitted)
        deaths += [Death(point: .fileSynchronized, time: 2), Death(point: .filePublished, time: 3)]
        return deaths
    }()

    @Test func everyPointBelongsToACrash() {
        // The learner's own is in its tests.
        #expect(Set(Self.deaths.map(\.point)).union([.trainingSaved]) == Set(Failpoint.allCases))
    }

    @Test("A coordinator killed at every boundary of its journal and blobs learns the same")
    func everyBoundary() async throws {
        // On a busy machine all these deaths take longer than nodes otherwise wait for a coordinator.
        let cluster = try SmallCluster(runs, "boundaries", settings: ["cluster.silenceExitSeconds=600"])
        let nodes = try cluster.nodes()
        for death in Self.deaths {
            let failpoint = "\(death.point.rawValue):\(death.time)"
            let outcome = try await cluster.coordinator(["REPRISE_FAILPOINT": failpoint]).outcome()
            try #require(outcome.status == 128 + SIGKILL, "at \(failpoint): \(outcome.error)")
        }
        let last = try await cluster.coordinator().outcome()
        #expect(last.status == 0, "\(last.error)")
        // The end was recorded before any coordinator lived long enough to tell them.
        for node in nodes {
            node.signal(SIGTERM)
            #expect(try await node.outcome().status == 0)
        }
        #expect(try await cluster.digest() == SmallCluster.undisturbed.value)
        let verified = try await Binary.run(["verify", cluster.directory])
        #expect(verified.status == 0, "\(verified.output)\(verified.error)")
        // Terms that were begun are all there is of those starts.
        let terms = try await cluster.count("select count(distinct term) from terms")
        #expect(terms > Self.deaths.count / 2 && terms <= Self.deaths.count + 1)
    }

    @Test(
        "A disk that fails to make something durable ends the coordinator with a sentence, and nothing is half there",
        arguments: [("file.written:2:fail", true), ("file.renamed:2:fail", true), ("blob.complete:1:fail", false)])
    func failedSync(failpoint: String, isBeforeNodes: Bool) async throws {
        let cluster = try SmallCluster(runs, "sync-\(failpoint.prefix { $0 != ":" })")
        let nodes = try isBeforeNodes ? [] : cluster.nodes()
        let outcome = try await cluster.coordinator(["REPRISE_FAILPOINT": failpoint]).outcome()
        #expect(outcome.status == 73, "\(outcome.error)")
        let sentence = outcome.error.split(separator: "\n").last ?? ""
        #expect(sentence.contains("Cannot make durable") && sentence.contains("Input/output error"), "\(sentence)")
        let others = try isBeforeNodes ? cluster.nodes() : []
        let last = try await cluster.coordinator().outcome()
        #expect(last.status == 0, "\(last.error)")
        for node in nodes + others { #expect(try await node.outcome().status == 0) }
        #expect(try await cluster.digest() == SmallCluster.undisturbed.value)
    }

    // MARK: - Damaged directories

    /// A finished small run that may be damaged.
    private func finished(_ name: String) async throws -> SmallCluster {
        let cluster = try SmallCluster(runs, name)
        _ = try await cluster.whole()
        return cluster
    }

    private func blob(_ cluster: SmallCluster, _ sql: String) async throws -> URL {
        let digest = try await Binary.run(["query", cluster.directory, sql])
        let name = try #require(digest.lines.last).trimmingCharacters(in: .whitespaces)
        return URL(filePath: "\(cluster.directory)/blobs/\(name)")
    }

    @Test("What a disk lost of a finished run is made again, to the same bytes")
    func lostBlobs() async throws {
        let cluster = try await finished("lost-blobs")
        let set = try await blob(cluster, "select digest from training_sets where iteration = 1")
        let delta = try await blob(cluster, "select delta from policies where version = 0")
        let bytes = try Data(contentsOf: delta)
        try FileManager.default.removeItem(at: set)
        try Data(bytes.prefix(100)).write(to: delta)
        try FileManager.default.removeItem(atPath: cluster.directory + "/checkpoints/best/model.safetensors")
        let found = try await Binary.run(["verify", cluster.directory])
        #expect(found.status == 75, "\(found.output)\(found.error)")
        #expect(found.output.contains("the training set of iteration 1 is missing: it is made again"))
        #expect(found.output.contains("the delta of policy 0 is damaged: it is made again"))
        #expect(found.output.contains("does not hold policy"))
        let resumed = try await Binary.run(["run", "--resume", cluster.directory])
        #expect(resumed.status == 0, "\(resumed.error)")
        #expect(try Data(contentsOf: delta) == bytes)
        #expect(try await cluster.digest() == SmallCluster.undisturbed.value)
        let verified = try await Binary.run(["verify", cluster.directory])
        #expect(verified.status == 0, "\(verified.output)\(verified.error)")
        #expect(verified.lines.last?.hasPrefix("sound") == true)
    }

    @Test("A journal that was cut short or flipped is refused with a sentence")
    func damagedJournal() async throws {
        let cluster = try await finished("damaged-journal")
        let file = URL(filePath: cluster.directory + "/run.sqlite")
        let whole = try Data(contentsOf: file)
        var flipped = whole
        let log = try? FileManager.default.attributesOfItem(atPath: file.path + "-wal")[.size] as? Int
        #expect(log ?? 0 == 0, "everything lies in one file")
        // The root page of some table.
        try #require(whole.count > 5000)
        flipped.replaceSubrange(4096..<4106, with: Array(repeating: 0xFF, count: 10))
        for damaged in [whole.prefix(whole.count / 2), whole.prefix(50), flipped] {
            try Data(damaged).write(to: file)
            for command in [["run", "--resume"], ["coordinator"], ["verify"]] {
                let outcome = try await Binary.run(command + [cluster.directory])
                #expect(outcome.status == 65, "\(outcome.error)")
                let sentence = outcome.error.split(separator: "\n").last ?? ""
                #expect(sentence.contains("damaged"), "\(sentence)")
            }
        }
        // Gone or empty, where a run had begun: nothing is begun anew over what was learned.
        for emptied in [true, false] {
            try FileManager.default.removeItem(at: file)
            if emptied { try Data().write(to: file) }
            for command in [["run", "--resume"], ["coordinator"]] {
                let outcome = try await Binary.run(command + [cluster.directory])
                #expect(outcome.status == 65, "\(outcome.error)")
                #expect(outcome.error.contains("the journal, is gone, and the run had begun"), "\(outcome.error)")
            }
        }
        try whole.write(to: file)
        #expect(try await Binary.run(["verify", cluster.directory]).status == 0)
    }

    @Test("A copy of a run directory is refused while the original runs, and goes on by itself afterwards")
    func copied() async throws {
        let cluster = try SmallCluster(runs, "original")
        let coordinator = try cluster.coordinator()
        try await eventually("its term has begun") { coordinator.errorSoFar.contains("phase: ") }
        let copy = cluster.directory + "-copy"
        try FileManager.default.copyItem(atPath: cluster.directory, toPath: copy)
        let refused = try await Binary.run(["run", "--resume", copy])
        #expect(refused.status == 69, "\(refused.error)")
        #expect(refused.error.contains("is a copy of a run that goes on"))
        coordinator.signal(SIGTERM)
        #expect(try await coordinator.outcome().status == 75)
        let resumed = try await Binary.run(["run", "--resume", copy])
        #expect(resumed.status == 0, "\(resumed.error)")
        let digest = try await Binary.run(["digest", copy])
        #expect(digest.lines == [try await SmallCluster.undisturbed.value])
        #expect(RunLog(directory: copy).count("going on as a copy, in term") == 1)
    }
}
