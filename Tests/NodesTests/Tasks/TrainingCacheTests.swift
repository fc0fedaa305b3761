import Digests
import Foundation
import RolloutCore
import Testing
import Transformer

@testable import Nodes

@Suite struct TrainingCacheTests {
    private let run: TinyRun
    private var directory: String { run.path + "/trainings" }

    init() throws { run = try TinyRun() }

    private func context(_ blobs: BlobCache, _ earlier: EarlierTime = EarlierTime()) -> TaskContext {
        TaskContext(
            blobs: blobs, base: run.base, isCancelled: { false }, progress: { _ in }, tookBefore: { earlier.add($0) })
    }

    private func lease(
        _ blobs: BlobCache, iteration: UInt32 = 0, seed: UInt64 = 7, learningRate: Double = 0.01
    ) -> (lease: Lease, work: TrainWork) {
        let set = TrainingSet.bytes([
            TrainingExample(prompt: [1, 2], completion: [3, 0], weight: 1),
            TrainingExample(prompt: [4], completion: [5, 6, 0], weight: 0.5),
        ])
        let manifest = BlobManifest(of: set)
        blobs.insert(set, as: manifest.digest)
        var recipe = TrainingRecipe(learningRate: learningRate, duration: .epochs(2), batchSize: 2)
        recipe.gradientShards = 1
        let work = TrainWork(
            iteration: iteration,
            start: PolicyManifest(
                version: 0, base: run.base.weightsDigest, weights: run.base.weightsDigest, delta: nil),
            trainingSet: manifest, recipe: recipe.json, seed: seed)
        return (
            Lease(
                attempt: Attempt(task: .train(iteration), attempt: 1), timeToLive: .seconds(9), inputDigest: .zero,
                work: .train(work)), work
        )
    }

    private func cache(_ arithmetic: String = "this") -> TrainingCache {
        TrainingCache(directory: directory, arithmetic: Digest.of(arithmetic))
    }

    @Test func anEqualTrainingIsTakenUp() throws {
        let blobs = BlobCache()
        let (lease, work) = lease(blobs)
        let alone = try LearnerRunner(threads: 1).run(lease, in: context(blobs))
        #expect(cache().result(of: work) == nil)
        let first = try LearnerRunner(threads: 1, cache: cache()).run(lease, in: context(blobs))
        #expect(first == alone)

        let others = BlobCache()
        let (again, _) = self.lease(others)
        let time = EarlierTime()
        let taken = try LearnerRunner(threads: 1, cache: cache()).run(again, in: context(others, time))
        #expect(time.sum > .zero, "its time is that of the training it is")
        #expect(taken == alone && taken.digest == alone.digest)
        guard case .train(let trained) = taken, let delta = trained.policy.delta else {
            Issue.record("no policy")
            return
        }
        // Its bytes are there to be pulled.
        #expect(others[delta.digest].map { BlobManifest(of: $0) } == delta)
    }

    @Test func theVersionIsThatOfTheTaskAtHand() throws {
        let blobs = BlobCache()
        let (lease, _) = lease(blobs)
        _ = try LearnerRunner(threads: 1, cache: cache()).run(lease, in: context(blobs))
        let (_, later) = self.lease(blobs, iteration: 3)
        #expect(cache().result(of: later)?.trained.policy.version == 3)
    }

    @Test func anyOtherTrainingIsNot() throws {
        let blobs = BlobCache()
        let (lease, work) = lease(blobs)
        _ = try LearnerRunner(threads: 1, cache: cache()).run(lease, in: context(blobs))
        #expect(cache().result(of: work) != nil)
        #expect(cache("other kernels").result(of: work) == nil)
        #expect(cache().result(of: self.lease(blobs, seed: 8).work) == nil)
        #expect(cache().result(of: self.lease(blobs, learningRate: 0.02).work) == nil)
        var other = work
        other.start.weights = .zero
        #expect(cache().result(of: other) == nil)
        other = work
        other.trainingSet = BlobManifest(of: [1])
        #expect(cache().result(of: other) == nil)
    }

    /// What the disk damaged is trained anew, and replaced.
    @Test func damageIsNotTakenUp() throws {
        let blobs = BlobCache()
        let (lease, work) = lease(blobs)
        let runner = LearnerRunner(threads: 1, cache: cache())
        let first = try runner.run(lease, in: context(blobs))
        for suffix in ["delta", "json"] {
            let name = try #require(
                FileManager.default.contentsOfDirectory(atPath: directory).first { $0.hasSuffix(suffix) })
            try Data("damage".utf8).write(to: URL(filePath: "\(directory)/\(name)"))
            #expect(cache().result(of: work) == nil)
            #expect(try runner.run(lease, in: context(blobs)) == first)
            #expect(cache().result(of: work) != nil)
        }
    }

    @Test(arguments: ["weights", "steps", "tokens", "lastLoss", "density", "seconds", "digest"])
    func whatIsKeptBesideTheDeltaIsCheckedToo(field: String) throws {
        let blobs = BlobCache()
        let (lease, work) = lease(blobs)
        _ = try LearnerRunner(threads: 1, cache: cache()).run(lease, in: context(blobs))
        let name = try #require(
            FileManager.default.contentsOfDirectory(atPath: directory).first { $0.hasSuffix("json") })
        let file = URL(filePath: "\(directory)/\(name)")
        let text = try String(contentsOf: file, encoding: .utf8)
        let start = try #require(text.firstRange(of: "\"\(field)\":")).upperBound
        let digit = try #require(text[start...].firstIndex { $0.isHexDigit })
        let other = text.replacingCharacters(in: digit...digit, with: text[digit] == "1" ? "2" : "1")
        try Data(other.utf8).write(to: file)
        #expect(cache().result(of: work) == nil)
    }
}
