import Digests
import Foundation
import RolloutCore
import Synchronization
import Testing
import Transformer

@testable import Nodes

/// A training that is stopped goes on where it was saved, and makes the same policy.
@Suite struct LearnerRunnerTests {
    private let run: TinyRun
    private let checkpoints: TrainingCheckpoints

    init() throws {
        run = try TinyRun()
        checkpoints = TrainingCheckpoints(directory: run.path + "/cache", interval: .zero)
    }

    private var set: [UInt8] {
        TrainingSet.bytes(
            (0..<12).map { TrainingExample(prompt: [Int32($0 + 1), 2], completion: [3, Int32($0 + 4), 5]) })
    }

    private func lease(_ input: String = "input") -> Lease {
        let recipe = TrainingRecipe(
            learningRate: 0.01, duration: .epochs(2), batchSize: 3, maxTokens: 64, gradientShards: 2)
        return Lease(
            attempt: Attempt(task: .train(1), attempt: 1), timeToLive: .seconds(10), inputDigest: Digest.of(input),
            work: .train(
                TrainWork(
                    iteration: 1,
                    start: PolicyManifest(
                        version: 0, base: run.base.weightsDigest, weights: run.base.weightsDigest, delta: nil),
                    trainingSet: BlobManifest(of: set), recipe: recipe.json, seed: 5)))
    }

    /// What a runner makes of the lease when it is told to stop after so many steps, and what it says.
    private func train(
        _ runner: LearnerRunner, _ lease: Lease, stopAfter steps: UInt32 = .max
    ) -> (result: Result<TaskOutput, TaskError>, steps: [UInt32], said: [String], before: Duration) {
        let blobs = BlobCache()
        blobs.insert(set, as: Digest.of(set))
        let said = Mutex<[String]>([])
        let done = Mutex<[UInt32]>([])
        let earlier = EarlierTime()
        let context = TaskContext(
            blobs: blobs, base: run.base,
            isCancelled: { done.withLock { $0.last ?? 0 } >= steps },
            progress: { progress in done.withLock { $0.append(progress.step) } },
            say: { line in said.withLock { $0.append(line) } }, tookBefore: { earlier.add($0) })
        let result: Result<TaskOutput, TaskError>
        do throws(TaskError) { result = .success(try runner.run(lease, in: context)) } catch {
            result = .failure(error)
        }
        return (result, done.withLock { $0 }, said.withLock { $0 }, earlier.sum)
    }

    private var files: [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: checkpoints.directory)) ?? []).sorted()
    }

    @Test func goesOnWithTheSameBytes() throws {
        let whole = train(LearnerRunner(threads: 1), lease())
        #expect(whole.steps == Array(1...8) && whole.said.isEmpty && whole.before == .zero)
        for steps in [UInt32(1), 3, 7] {
            let stopped = train(LearnerRunner(threads: 1, checkpoints: checkpoints), lease(), stopAfter: steps)
            #expect(throws: TaskError.self) { try stopped.result.get() }
            #expect(files.count == 1)
            // Another process, another number of threads.
            let runner = LearnerRunner(threads: 2, checkpoints: checkpoints)
            let resumed = train(runner, lease())
            #expect(resumed.steps == Array(steps + 1...8))
            #expect(resumed.said == ["the training goes on after step \(steps), where it was saved"])
            #expect(try resumed.result.get() == whole.result.get())
            #expect(resumed.before > .zero, "what was trained before is part of the time it took")
            runner.tidy()
            #expect(files.isEmpty)
        }
    }

    @Test func aResultThatGotLostIsHadAgainFromTheLastSave() throws {
        let whole = train(LearnerRunner(threads: 1), lease())
        #expect(
            try train(LearnerRunner(threads: 1, checkpoints: checkpoints), lease()).result.get() == whole.result.get())
        let again = train(LearnerRunner(threads: 1, checkpoints: checkpoints), lease())
        #expect(again.steps.count < 8)
        #expect(try again.result.get() == whole.result.get())
    }

    @Test func damagedAndForeignStatesAreLeftAside() throws {
        let whole = train(LearnerRunner(threads: 1), lease())
        _ = train(LearnerRunner(threads: 1, checkpoints: checkpoints), lease(), stopAfter: 4)
        let path = "\(checkpoints.directory)/\(try #require(files.first))"
        let bytes = [UInt8](try Data(contentsOf: URL(filePath: path)))
        var flipped = bytes
        flipped[bytes.count - 100] ^= 1
        for damaged in [flipped, Array(bytes.prefix(1000)), []] {
            try Data(damaged).write(to: URL(filePath: path))
            let anew = train(LearnerRunner(threads: 1, checkpoints: checkpoints), lease(), stopAfter: 8)
            #expect(anew.steps.first == 1)
            #expect(anew.said.first?.hasPrefix("the training begins anew") == true)
            #expect(try anew.result.get() == whole.result.get())
        }
        // A state of another training under this one's name.
        _ = train(LearnerRunner(threads: 1, checkpoints: checkpoints), lease("other"), stopAfter: 4)
        let other = try #require(files.first { $0.hasPrefix("\(Digest.of("other"))") })
        try Data(contentsOf: URL(filePath: "\(checkpoints.directory)/\(other)")).write(to: URL(filePath: path))
        #expect(
            train(LearnerRunner(threads: 1, checkpoints: checkpoints), lease()).said.first?.contains("anew") == true)
    }

    @Test func theNextTrainingMeansThatTheLastIsWithTheCoordinator() throws {
        let runner = LearnerRunner(threads: 1, checkpoints: checkpoints)
        _ = train(runner, lease("first"))
        #expect(files.count == 1)
        _ = train(runner, lease("second"))
        #expect(files.map { $0.prefix(64) } == ["\(Digest.of("second"))"])
    }

    @Test func aPlaceThatCannotBeWrittenCostsNothingButAWarning() throws {
        try Data([1]).write(to: URL(filePath: run.path + "/file"))
        let nowhere = TrainingCheckpoints(directory: run.path + "/file/cache", interval: .zero)
        let trained = train(LearnerRunner(threads: 1, checkpoints: nowhere), lease())
        #expect(trained.said.count == 1)
        #expect(trained.said.first?.hasPrefix("the training goes on, but could not be saved") == true)
        #expect(try trained.result.get() == train(LearnerRunner(threads: 1), lease()).result.get())
    }

    @Test func whatNobodyCameBackForGoes() throws {
        _ = train(LearnerRunner(threads: 1, checkpoints: checkpoints), lease(), stopAfter: 2)
        try Data([1]).write(to: URL(filePath: checkpoints.directory + "/mine.txt"))
        checkpoints.removeAbandoned(now: Date.now.addingTimeInterval(86400))
        #expect(files.count == 2)
        checkpoints.removeAbandoned(now: Date.now.addingTimeInterval(8 * 86400))
        #expect(files == ["mine.txt"])
    }
}
