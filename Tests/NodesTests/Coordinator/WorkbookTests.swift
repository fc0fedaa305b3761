import Configuration
import Digests
import Foundation
import Personalization
import RolloutCore
import RunStore
import Testing
import Transformer

@testable import Nodes

/// What leases carry and training sets hold, checked against the journal of a run that went to its end.
@Suite(.timeLimit(.minutes(5)))
struct WorkbookTests {
    /// A finished run in memory; its directory is gone.
    private struct Fixture: Sendable {
        let configuration: RunConfiguration
        let base: BaseModel
        let prepared: PreparedRun
        let records: [Record]
        let trainingSets: [UInt32: (manifest: BlobManifest, bytes: [UInt8])]

        init() async throws {
            let run = try TinyRun()
            configuration = run.configuration()
            base = run.base
            let finished = try await TinyCluster(run: run, configuration: configuration).finish("run")
            prepared = finished.prepared
            records = try Journal(holding: finished.directory.lock()).recover()
            var sets: [UInt32: (BlobManifest, [UInt8])] = [:]
            for case .trainingSetStored(let iteration, let manifest) in records {
                sets[iteration] = (manifest, try finished.directory.blobs.read(manifest.digest))
            }
            trainingSets = sets
        }
    }

    private static let shared = Task { try await Fixture() }
    private let run: Fixture

    init() async throws { run = try await Self.shared.value }

    /// A journal in memory, up to some record.
    private struct Recorded: TrajectoryStore {
        let records: [Record]

        func trajectories(of task: TaskID) -> [Trajectory] {
            for case .accepted(let result) in records where result.attempt.task == task {
                if case .sample(let trajectories) = result.output { return trajectories }
            }
            return []
        }

        func kept(iteration: UInt32, from source: UInt32, _ body: (Trajectory) -> Void) {
            for case .sealed(let sealed) in records where sealed.iteration == iteration {
                let all = records.flatMap { record -> [Trajectory] in
                    guard case .accepted(let result) = record, result.attempt.task.iteration == source,
                        result.attempt.task.split == .train, case .sample(let list) = result.output
                    else { return [] }
                    return list
                }
                for kept in sealed.kept { for one in all where one.id == kept.id { body(one) } }
            }
        }
    }

    /// The book and the coordinator as they were after the records before `end`.
    private func replay(
        _ configuration: RunConfiguration? = nil, memoryLimit: Int = 1 << 20, until end: (Record) -> Bool
    ) throws -> (Workbook, Coordinator) {
        let prefix = Array(run.records.prefix { !end($0) })
        var book = Workbook(
            run.prepared, configuration ?? run.configuration, stopTokens: run.base.stopTokens,
            store: Recorded(records: prefix), memoryLimit: memoryLimit)
        for record in prefix { book.note(record) }
        let coordinator = try Coordinator(
            plan: run.prepared.plan, term: Term(rawValue: 9), timers: Timers(),
            base: BaseManifest(weights: run.base.weightsDigest, blob: BlobManifest(of: [])), softwareVersion: "test",
            numericFingerprint: .zero, seed: 1, recovered: prefix)
        return (book, coordinator)
    }

    private func isStored(_ iteration: UInt32) -> (Record) -> Bool {
        { if case .trainingSetStored(iteration, _) = $0 { true } else { false } }
    }

    private func trajectories(_ iteration: UInt32) -> [TrajectoryID: Trajectory] {
        var found: [TrajectoryID: Trajectory] = [:]
        for case .accepted(let result) in run.records
        where result.attempt.task.iteration == iteration && result.attempt.task.split == .train {
            guard case .sample(let list) = result.output else { continue }
            for trajectory in list { found[trajectory.id] = trajectory }
        }
        return found
    }

    // MARK: - Training sets

    @Test func theFirstTrainingSetIsTheReferences() throws {
        let set = try #require(run.trainingSets[0])
        #expect(try TrainingSet.examples(set.bytes) == run.prepared.fineTuning)
    }

    @Test(arguments: [UInt32(1), 2])
    func trainingSetsHoldWhatWasKeptInOrder(iteration: UInt32) throws {
        let examples = try TrainingSet.examples(try #require(run.trainingSets[iteration]).bytes)
        let sealed = try #require(
            run.records.compactMap {
                if case .sealed(let sealed) = $0, sealed.iteration == iteration { sealed } else { nil }
            }
            .first)
        let all = trajectories(iteration)
        #expect(all.count == 24)
        #expect(sealed.kept.map(\.id) == sealed.kept.map(\.id).sorted())
        #expect(examples.count == sealed.kept.count && !examples.isEmpty)
        for (example, kept) in zip(examples, sealed.kept) {
            let trajectory = try #require(all[kept.id])
            #expect(example.weight == Float(kept.reward))
            #expect(example.prompt == run.prepared.prompts[.train]?[Int(kept.id.prompt)].tokens)
            #expect(example.completion == trajectory.tokens + (trajectory.stop == .stopToken ? [0] : []))
        }
        #expect(Set(examples.map(\.weight)).count > 1)
    }

    @Test func aRestartedCoordinatorWritesTheSameTrainingSet() throws {
        for iteration in UInt32(0)...2 {
            let (book, coordinator) = try replay(until: isStored(iteration))
            let bytes = try #require(try book.trainingSet(iteration, in: coordinator))
            #expect(BlobManifest(of: bytes) == run.trainingSets[iteration]?.manifest)
        }
    }

    @Test func filterWeightingCountsEveryTrajectoryOnce() throws {
        var configuration = run.configuration
        configuration.selection.weighting = .filter
        let (book, coordinator) = try replay(configuration, until: isStored(1))
        let examples = try TrainingSet.examples(try #require(try book.trainingSet(1, in: coordinator)))
        #expect(!examples.isEmpty && examples.allSatisfy { $0.weight == 1 })
    }

    @Test func anyTrainingSetOfASealedIterationCanBeWrittenAgain() throws {
        let (book, coordinator) = try replay(until: isStored(2))
        for iteration in UInt32(1)...2 {
            let bytes = try #require(try book.trainingSet(iteration, in: coordinator))
            #expect(bytes == run.trainingSets[iteration]?.bytes)
        }
        #expect(try book.trainingSet(3, in: coordinator) == nil)
    }

    @Test func whatMemoryDoesNotHoldIsReadBack() throws {
        let end: (Record) -> Bool = { if case .sealed = $0 { true } else { false } }
        let (kept, coordinator) = try replay(until: end)
        let (spilled, _) = try replay(memoryLimit: 0, until: end)
        let task = TaskID(iteration: 1, split: .train, kind: .score, index: 1)
        let work = try #require(try spilled.work(for: task, in: coordinator))
        #expect(try kept.work(for: task, in: coordinator) == work)
    }

    // MARK: - Leases

    @Test func sampleWorkCarriesPromptsPolicyAndDecoding() throws {
        let (book, coordinator) = try replay { if case .sealed = $0 { true } else { false } }
        let task = TaskID(iteration: 1, split: .train, kind: .sample, index: 1)
        guard case .sample(let work)? = try book.work(for: task, in: coordinator) else {
            Issue.record("no work")
            return
        }
        #expect(work.policy == coordinator.policies[0])
        #expect(work.prompts.map(\.index) == [3, 4, 5])
        #expect(work.prompts.map(\.tokens) == run.prepared.prompts[.train]?[3..<6].map(\.tokens))
        #expect(work.samplesPerPrompt == 3)
        #expect(work.decoding == Decoding(temperature: 1, topP: 1, topK: 0, maxNewTokens: 24, stopTokens: [0]))
        #expect(work.answerMarker.isEmpty)
        let test = TaskID(iteration: 0, split: .test, kind: .sample, index: 0)
        guard case .sample(let evaluation)? = try book.work(for: test, in: coordinator) else {
            Issue.record("no work")
            return
        }
        #expect(evaluation.samplesPerPrompt == 1)
        #expect(evaluation.decoding.temperature == 0.1)
        #expect(evaluation.seed != work.seed)
    }

    @Test func scoreWorkPairsAnswersWithReferences() throws {
        let (book, coordinator) = try replay { if case .sealed = $0 { true } else { false } }
        let task = TaskID(iteration: 1, split: .train, kind: .score, index: 2)
        guard case .score(let work)? = try book.work(for: task, in: coordinator) else {
            Issue.record("no work")
            return
        }
        #expect(work.reward == "rougeL")
        let prompts = try #require(run.prepared.prompts[.train])
        let all = trajectories(1)
        #expect(work.items.map(\.id) == [6, 7].flatMap { p in (0..<3).map { TrajectoryID(prompt: p, sample: $0) } })
        for item in work.items {
            #expect(item.reference == prompts[Int(item.id.prompt)].example.output)
            #expect(item.input == prompts[Int(item.id.prompt)].example.input)
            #expect(item.answer == all[item.id]?.answer)
        }
    }

    @Test func trainWorkNamesSetStartAndRecipe() throws {
        let (book, coordinator) = try replay {
            if case .accepted(let result) = $0 { result.attempt.task == .train(1) } else { false }
        }
        guard case .train(let work)? = try book.work(for: .train(1), in: coordinator) else {
            Issue.record("no work")
            return
        }
        #expect(work.iteration == 1)
        #expect(work.start.weights == run.base.weightsDigest && work.start.delta == nil)
        #expect(work.trainingSet == run.trainingSets[1]?.manifest)
        let recipe = try TrainingRecipe(json: work.recipe)
        #expect(recipe.duration == .epochs(2))
        #expect(recipe.batchSize == 4)
        #expect(recipe.learningRate == 0.01)
        guard case .train(let first)? = try book.work(for: .train(0), in: coordinator) else {
            Issue.record("no work")
            return
        }
        #expect(try TrainingRecipe(json: first.recipe).duration == .epochs(6))
        #expect(first.seed != work.seed)
    }

    @Test func workIsThereOnlyWhenWhatItIsMadeOfIs() throws {
        let (book, coordinator) = try replay { if case .termStarted = $0 { true } else { false } }
        for kind in [TaskKind.sample, .score] {
            let task = TaskID(iteration: 1, split: .train, kind: kind, index: 0)
            #expect(try book.work(for: task, in: coordinator) == nil)
        }
        #expect(try book.work(for: .train(1), in: coordinator) == nil)
    }
}
