import Configuration
import Foundation
import Personalization
import RolloutCore
import Testing
import Tokenization
import Transformer

@testable import Nodes

@Suite struct PreparedRunTests {
    private let run: TinyRun

    init() throws { run = try TinyRun() }

    private func prepare(_ change: (inout RunConfiguration) -> Void = { _ in }) throws -> PreparedRun {
        try PreparedRun(run.configuration(change), base: run.base)
    }

    /// What is said when the run cannot be prepared.
    private func refusal(_ change: (inout RunConfiguration) -> Void) -> String {
        do {
            _ = try prepare(change)
            return ""
        } catch {
            return "\(error)"
        }
    }

    /// A data directory with one file of these lines.
    private func write(_ lines: String, as name: String) throws -> String {
        let folder = "\(run.path)/\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try lines.write(toFile: "\(folder)/\(name)", atomically: true, encoding: .utf8)
        return folder
    }

    // MARK: - Identity

    @Test func theSameInputIsTheSameRun() throws {
        let first = try prepare()
        let second = try prepare()
        #expect(first.plan == second.plan)
        #expect(TrainingSet.bytes(first.fineTuning) == TrainingSet.bytes(second.fineTuning))
        #expect(first.promptRows == second.promptRows)
    }

    @Test func howItIsRunIsNotPartOfTheRun() throws {
        let other = try prepare {
            $0.run.name = "other"
            $0.cluster.samplers = 7
            $0.cluster.slots = 3
            $0.cluster.leaseSeconds = 99
        }
        #expect(try prepare().plan == other.plan)
    }

    @Test func whateverIsLearnedFromChangesTheRun() throws {
        let changes: [(inout RunConfiguration) -> Void] = [
            { $0.run.seed = 2 }, { $0.data.train = 7 }, { $0.data.test = 3 }, { $0.sampling.temperature = 0.9 },
            { $0.training.learningRate = 0.02 }, { $0.personalization.documents = 1 },
            { $0.reward.source = .metric("rouge1") },
            { $0.data.shuffleProfiles = 1 }, { $0.startsFrom = .previous },
        ]
        let digests = try [prepare().plan.run] + changes.map { try prepare($0).plan.run }
        #expect(Set(digests).count == digests.count)
    }

    @Test func theDataIsPartOfTheRun() throws {
        let file = run.path + "/data/topic_writing_test.jsonl"
        let before = try prepare().plan.run
        let text = try String(contentsOfFile: file, encoding: .utf8)
        try text.replacing(".\"", with: "!\"").write(toFile: file, atomically: true, encoding: .utf8)
        #expect(try prepare().plan.run != before)
    }

    // MARK: - Prompts

    @Test func promptsAreBalancedAndLeaveRoomForTheOutput() throws {
        let prepared = try prepare()
        #expect(prepared.plan.groups[.train]?.count == 8)
        #expect(Set(prepared.plan.groups[.train] ?? []).count == 4)
        #expect(prepared.plan.evaluates == [.validation, .test])
        #expect(prepared.prompts.values.joined().allSatisfy { $0.tokens.count <= 256 - 24 && !$0.tokens.isEmpty })
        #expect(prepared.fineTuning.count == 8)
        #expect(prepared.fineTuning.allSatisfy { $0.prompt.count + $0.completion.count <= 256 })
        #expect(zip(prepared.fineTuning, prepared.prompts[.train] ?? []).allSatisfy { $0.prompt == $1.tokens })
        #expect(prepared.summary.contains { $0.contains("to fit the context") })
    }

    @Test func shuffledProfilesAreThoseOfOthers() throws {
        let own = try #require(try prepare().prompts[.train])
        let shuffled = try #require(try prepare { $0.data.shuffleProfiles = 1 }.prompts[.train])
        #expect(own.map(\.example.input) == shuffled.map(\.example.input))
        #expect(own.map(\.example.output) == shuffled.map(\.example.output))
        #expect(zip(own, shuffled).allSatisfy { $0.example.profile != $1.example.profile })
        let half = try #require(try prepare { $0.data.shuffleProfiles = 0.5 }.prompts[.train])
        #expect(zip(own, half).count { $0.example.profile != $1.example.profile } == 4)
    }

    @Test func profilesSmallerThanKAreCounted() throws {
        let summary = try prepare { $0.personalization.documents = 1000 }.summary
        #expect(summary.contains("train: 8 prompts have a smaller profile than personalization.documents"))
        #expect(try !prepare().summary.contains { $0.contains("smaller profile") })
    }

    @Test func reasoningModesHaveRationalesAndAMarker() throws {
        let prepared = try PreparedRun(
            run.configuration { $0.run.mode = .restPG }, base: TinyRun(context: 1024).base)
        #expect(prepared.prompts[.train]?.allSatisfy { !$0.rationale.isEmpty } == true)
        let target = run.base.tokenizer.decode(prepared.fineTuning[0].completion)
        #expect(target.contains(prepared.template.answerMarker))
        #expect(try prepare().prompts[.train]?.allSatisfy { $0.rationale.isEmpty } == true)
    }

    @Test func zeroShotNeedsNoTrainingRows() throws {
        let prepared = try prepare {
            $0.run.mode = .zeroShot
            $0.run.iterations = 0
        }
        #expect(prepared.fineTuning.isEmpty)
        #expect(prepared.plan.promptCount(.train) == 0)
        #expect(!prepared.plan.fineTunesFirst)
    }

    @Test func onlyNamedSplitsAreEvaluated() throws {
        let prepared = try prepare { $0.evaluation.splits = ["test"] }
        #expect(prepared.plan.evaluates == [.test])
        #expect(prepared.prompts[.validation] == nil)
    }

    // MARK: - Refusals

    @Test func requestsThatDoNotFitAreNamed() throws {
        #expect(refusal { $0.sampling.maxNewTokens = 250 }.contains("the prompt without any document has"))
        #expect(refusal { $0.sampling.maxNewTokens = 250 }.contains("row "))
        #expect(refusal { $0.sampling.maxNewTokens = 256 }.contains("leave no room for a prompt"))
        #expect(refusal { $0.evaluation.maxNewTokens = 300 }.contains("outputs of 300 tokens"))
        #expect(refusal { $0.personalization.maxPromptTokens = 240 }.contains("is 240, but the context of 256"))
    }

    @Test func namesThatMeanNothingAreRefused() {
        #expect(refusal { $0.personalization.wording = "poetic" }.contains("`poetic`; expects one of"))
        #expect(refusal { $0.data.tasks = ["essays"] }.contains("`essays`; tasks are"))
        #expect(refusal { $0.evaluation.splits = ["train"] }.contains("`train`; expects validation or test"))
        #expect(refusal { $0.data.directory = "" }.contains("`data.directory` is not set"))
    }

    @Test func dataThatIsNotThereIsNamed() throws {
        #expect(refusal { $0.data.directory = "/nowhere" }.contains("/nowhere"))
        #expect(refusal { $0.data.tasks = ["topic_writing", "abstract_generation"] } == "")
        try FileManager.default.removeItem(atPath: run.path + "/data/topic_writing_train.jsonl")
        #expect(refusal { $0.data.tasks = ["topic_writing"] }.contains("there is no topic_writing_train.jsonl"))
    }

    @Test func rowsThatAreAllSkippedAreNoTrainingRows() throws {
        let row = #"{"input":"Write.","output":"Text.","profile":[],"author":"a"}"#
        let data = try write(row + "\n", as: "topic_writing_train.jsonl")
        let change: (inout RunConfiguration) -> Void = {
            $0.data.directory = data
            $0.evaluation.splits = []
        }
        #expect(refusal(change).contains("topic_writing_train.jsonl:1: field \"profile\": the profile is empty"))
        let skipping: (inout RunConfiguration) -> Void = {
            change(&$0)
            $0.data.emptyProfile = .skip
        }
        #expect(refusal(skipping) == "there are no training rows to fine-tune on")
    }

    @Test func anEvaluatedSplitWithoutRowsIsNotPassedOver() throws {
        let row = #"{"input":"Write.","output":"Text.","profile":[],"author":"a"}"#
        let data = try write(row + "\n", as: "topic_writing_val.jsonl")
        let zeroShot: (inout RunConfiguration) -> Void = {
            $0.run.mode = .zeroShot
            $0.run.iterations = 0
            $0.data.directory = data
            $0.data.emptyProfile = .skip
            $0.evaluation.splits = ["validation"]
        }
        #expect(refusal(zeroShot).hasPrefix("no validation rows are left to evaluate on"))
    }
}
