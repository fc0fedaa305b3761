import Configuration
import Personalization
import RolloutCore
import RunStore
import Testing
import Tokenization
import Transformer

@testable import Nodes

/// Whole runs in one process, in the ways a configuration can differ from the papers.
@Suite(.timeLimit(.minutes(5)))
struct AblationTests {
    private let run: TinyRun

    init() throws { run = try TinyRun() }

    private func finish(_ change: @escaping (inout RunConfiguration) -> Void) async throws -> TinyCluster.Finished {
        try await TinyCluster(run: run, configuration: run.configuration(change)).finish("run")
    }

    /// Two M-steps on one E-step with a rising threshold, exponential weights, the references mixed in, and two decodings.
    @Test func severalMStepsLearnFromOneEStepAndTheReferences() async throws {
        let finished = try await finish {
            $0.sampling.every = 2
            $0.selection.threshold = .quantile(.list([0.25, 0.75]))
            $0.selection.weighting = .exponential
            $0.selection.beta = 0.05
            $0.referenceWeight = 0.5
            $0.evaluation.decodings = [.greedy, .init(temperature: 0.9, topP: 0.95, samples: 2)]
        }
        guard case .finished(let outcome) = finished.ending else {
            Issue.record("\(finished.ending)")
            return
        }
        #expect(outcome.evaluations.map(\.decoding) == Array(repeating: [0, 1], count: 6).flatMap { $0 })
        #expect(outcome.evaluations.map(\.count) == Array(repeating: [4, 8], count: 6).flatMap { $0 })
        let reader = try RunReader(finished.directory)
        #expect(try reader.iterations() == [1])
        let names = try reader.evaluations().map(\.decodingName)
        #expect(Set(names) == ["greedy", "temperature 0.9, top-p 0.95, 2 samples"])

        let records = try Journal(holding: finished.directory.lock()).recover()
        var kept: [Int] = []
        for case .sealed(let sealed) in records { kept.append(sealed.kept.count) }
        #expect(kept.count == 2 && kept[1] < kept[0])
        for case .trainingSetStored(let iteration, let manifest) in records where iteration > 0 {
            let examples = try TrainingSet.examples(try finished.directory.blobs.read(manifest.digest))
            let own = examples.prefix(kept[Int(iteration) - 1])
            let references = examples.dropFirst(own.count)
            #expect(own.map(\.weight).max() == 1 && own.allSatisfy { $0.weight > 0 })
            #expect(references.map(\.completion) == finished.prepared.fineTuning.map(\.completion))
            #expect(references.allSatisfy { $0.weight == 0.5 })
        }
    }

    /// The second decoding's samples are drawn by themselves, and every prompt has a score under each.
    @Test func everyDecodingHasScoresOfItsOwn() async throws {
        let finished = try await finish {
            $0.run.mode = .zeroShot
            $0.run.iterations = 0
            $0.evaluation.splits = ["test"]
            $0.evaluation.decodings = [.init(temperature: 1), .init(temperature: 1.5, samples: 3)]
        }
        let reader = try RunReader(finished.directory)
        let prompts = finished.prepared.prompts[.test] ?? []
        for decoding in [UInt32(0), 1] {
            let scores = try reader.scores(policy: 0, split: .test, decoding: decoding)
            #expect(scores.map(\.prompt) == [0, 1, 2, 3])
            #expect(scores.map(\.group) == prompts.map(\.example.task.rawValue))
            let row = try reader.evaluations().first { $0.decoding == decoding && $0.group == nil }
            let mean = scores.reduce(0) { $0 + $1.reward } / 4
            #expect(abs(mean - (row?.meanReward ?? -1)) < 1e-12)
        }
        var filter = TrajectoryFilter()
        filter.split = .test
        filter.prompt = 0
        let texts = try reader.trajectories(filter).map(\.tokens)
        #expect(texts.count == 4 && Set(texts).count == 4)
    }

    /// Nothing is trained: the base itself is evaluated, with a prompt that asks for the answer at once.
    @Test func zeroShotEvaluatesTheBase() async throws {
        let finished = try await finish {
            $0.run.mode = .zeroShot
            $0.run.iterations = 0
        }
        let summary = try RunReader(finished.directory).summary()
        #expect(summary.policies.map(\.weights) == ["\(run.base.weightsDigest)"])
        #expect(summary.bestPolicy == 0 && summary.sealed.isEmpty)
        #expect(!finished.prepared.template.reasons)
    }

    @Test(arguments: [(RunConfiguration.Mode.sft, false), (.sftReasoning, true), (.restEM, false), (.restPG, true)])
    func aModeReasonsOrAnswersAtOnce(mode: RunConfiguration.Mode, reasons: Bool) throws {
        let large = try TinyRun(context: 1024)
        let prepared = try PreparedRun(
            large.configuration {
                $0.run.mode = mode
                $0.personalization.wording = "standard"
            }, base: large.base)
        let prompt = try #require(prepared.prompts[.train]?.first)
        #expect(prompt.text.contains("First summarise") == reasons)
        #expect(prompt.text.hasSuffix("Answer:\n") != reasons)
        let target = large.base.tokenizer.decode(prepared.fineTuning[0].completion)
        #expect(target.contains(prepared.template.answerMarker) == reasons)
        #expect(target.hasPrefix(prepared.template.wording.opening) == reasons)
    }

    /// The best of each prompt, until validation gets no better.
    @Test func theBestAloneIsKeptAndTheRunEndsEarly() async throws {
        let finished = try await finish {
            $0.run.iterations = 12
            $0.selection.keep = .best
            $0.evaluation.patience = 1
            $0.evaluation.splits = ["validation"]
            $0.training.learningRate = 0.0001
        }
        guard case .finished(let outcome) = finished.ending else {
            Issue.record("\(finished.ending)")
            return
        }
        let last = try #require(outcome.evaluations.last?.policy)
        #expect(last < 12 && last == outcome.bestPolicy + 1)
        for sealed in try RunReader(finished.directory).summary().sealed {
            #expect(sealed.thresholds.isEmpty && sealed.counts.belowThreshold == 0)
            #expect(Set(sealed.kept.map(\.id.prompt)).count == sealed.kept.count)
        }
    }
}
