import Checkpoints
import Configuration
import Digests
import Foundation
import RolloutCore
import RunStore
import Testing
import Transport

@testable import Nodes

@Suite(.serialized, .timeLimit(.minutes(5)))
struct CoordinatorServiceTests {
    private let run: TinyRun

    init() throws { run = try TinyRun() }

    private func cluster(_ samplers: Int = 1, slots: Int = 1) -> TinyCluster {
        TinyCluster(run: run, configuration: run.configuration(), samplers: samplers, slots: slots)
    }

    @Test("What is learned does not depend on how many samplers and slots there are")
    func clusterSizeChangesNothing() async throws {
        let one = try await cluster().finish("one")
        let three = try await cluster(3, slots: 2).finish("three")
        #expect(try one.digest == three.digest)
        for finished in [one, three] {
            guard case .finished(let outcome) = finished.ending else {
                Issue.record("ended as \(finished.ending)")
                continue
            }
            #expect(outcome.evaluations.count == 6)
            #expect(finished.exits.allSatisfy { $0 == .drained })
        }
        // The test sees something only where trajectories differ in reward, and training changes the weights.
        let reader = try RunReader(one.directory)
        let rewards = try reader.query("select distinct reward from results where split = 'train'")
        #expect(rewards.rows.count > 5)
        #expect(Set(try reader.summary().policies.map(\.weights)).count == 3)
        #expect(try reader.summary().sealed.allSatisfy { $0.counts.kept < $0.counts.sampled })
    }

    @Test("Another seed learns something else")
    func seedMatters() async throws {
        let one = try await cluster().finish("one")
        let other = try await TinyCluster(run: run, configuration: run.configuration { $0.run.seed = 2 }).finish(
            "other")
        #expect(try one.digest != other.digest)
    }

    @Test("Lost and doubled messages change nothing but the time")
    func faultsChangeNothing() async throws {
        let calm = try await cluster().finish("calm")
        var cluster = cluster(2)
        cluster.faults.loss = 0.05
        cluster.faults.duplication = 0.2
        cluster.faults.seed = 7
        cluster.holdsBase = true
        #expect(try await cluster.finish("faulty").digest == calm.digest)
    }

    @Test("A node of another build or other arithmetic is refused with a reason and disturbs nobody")
    func strangersAreRefused() async throws {
        var cluster = cluster()
        cluster.strangers = [("old", "0.0.1", .zero), ("other-cpu", "test", Digest.of("other"))]
        let finished = try await cluster.finish("run")
        #expect(try await self.cluster().finish("alone").digest == finished.digest)
        let rejections = finished.exits.compactMap { if case .rejected(let rejection) = $0 { rejection } else { nil } }
        #expect(Set(rejections.map(\.reason)) == [.softwareVersion, .numericFingerprint])
        #expect(finished.exits.count { !$0.isClean } == 2)
        #expect(rejections.contains { $0.explanation.contains("version 0.0.1 and the coordinator test") })
        #expect(rejections.contains { $0.explanation.contains("OPENBLAS_CORETYPE") })
    }

    @Test("An E-step that keeps nothing stops the run and says what to lower")
    func nothingSelected() async throws {
        let configuration = run.configuration { $0.selection.threshold = .absolute(0.99) }
        let finished = try await TinyCluster(run: run, configuration: configuration).finish("none")
        guard case .halted(let halt) = finished.ending else {
            Issue.record("ended as \(finished.ending)")
            return
        }
        #expect("\(halt)".contains("no trajectory of iteration 1 passed the threshold (24 sampled"))
        #expect(try RunReader(finished.directory).summary().halted == "\(halt)")
        #expect(try !RunReader(finished.directory).isFinished())
    }
}
