import Digests
import Endpoints
import RolloutCore
import Testing
import Tokenization

@testable import Nodes

@Suite struct ServedTextTests {
    private let run: TinyRun

    init() throws { run = try TinyRun() }

    private func served(_ choice: Completion.Choice, limit: UInt32 = 24, marker: String = "") throws -> Trajectory {
        let policy = PolicyManifest(version: 0, base: .zero, weights: .zero, delta: nil)
        let work = SampleWork(
            policy: policy, prompts: [], samplesPerPrompt: 1,
            decoding: Decoding(temperature: 1, topP: 1, topK: 0, maxNewTokens: limit, stopTokens: [0]), seed: 1,
            answerMarker: marker)
        return try ServedText(choice, work, run.base.tokenizer).trajectory(TrajectoryID(prompt: 4, sample: 2))
    }

    @Test func textIsCutIntoTheBasesTokens() throws {
        let made = try served(.init(text: "rain\n[Answer]\ntea", ending: "stop"), marker: "[Answer]")
        #expect(made.tokens == run.base.tokenizer.encode("rain\n[Answer]\ntea"))
        #expect(made.stop == .stopToken && made.reasoning == "rain" && made.answer == "tea")
        #expect(made.logProbability == nil && made.id == TrajectoryID(prompt: 4, sample: 2))
    }

    @Test func numbersOfTheServerStandWithoutTheStopToken() throws {
        let made = try served(.init(text: "x", tokenIDs: [5, 6, 0], ending: "stop"))
        #expect(made.tokens == [5, 6])
        // Those of another vocabulary do not.
        #expect(try served(.init(text: "x", tokenIDs: [5, 1_000_000])).tokens == run.base.tokenizer.encode("x"))
    }

    @Test func endingsAreToldApart() throws {
        #expect(try served(.init(text: "x", ending: "length")).stop == .length)
        #expect(try served(.init(text: "x")).stop == .stopToken)
        let error = #expect(throws: TaskError.self) { _ = try served(.init(text: "x", ending: "abort")) }
        #expect(error == .system("the server ended a text with 'abort', neither stop nor length"))
    }

    @Test func noTrajectoryIsLongerThanItMayBe() throws {
        let made = try served(.init(text: "the writer likes tea in a garden", ending: "stop"), limit: 3)
        #expect(made.tokens.count == 3 && made.stop == .length)
        #expect(made.answer == run.base.tokenizer.decode(made.tokens))
    }

    @Test func logProbabilitiesAreSummedWhereEachTokenHasOne() throws {
        let tokens = [-0.5, -0.25].map { Completion.Token(text: "x", alternatives: [], logProbability: $0) }
        #expect(try served(.init(text: "xx", tokens: tokens, ending: "stop")).logProbability == -0.75)
        // What ends a text is no part of it.
        let end = Completion.Token(text: "<|end|>", alternatives: [], logProbability: -9)
        #expect(try served(.init(text: "xx", tokens: tokens + [end], ending: "stop")).logProbability == -0.75)
        let numbered = Completion.Choice(text: "xx", tokens: tokens, tokenIDs: [5, 0], ending: "stop")
        #expect(try served(numbered).logProbability == -0.5)
        let some = tokens + [Completion.Token(text: "x", alternatives: [])]
        #expect(try served(.init(text: "xx", tokens: some, ending: "stop")).logProbability == nil)
    }
}
