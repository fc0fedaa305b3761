import Testing

@testable import Transformer

struct GeneratorTests {
    private static let decodings = [
        DecodingParameters(temperature: 0.7, maxNewTokens: 40, stopTokens: [3, 9]),
        DecodingParameters(temperature: 1.3, topP: 0.8, topK: 20, maxNewTokens: 33, stopTokens: [5]),
        DecodingParameters(temperature: 0, maxNewTokens: 24),
    ]

    private static func prompts(_ count: Int) -> [GenerationPrompt] {
        (0..<count).map { index in
            let length = 3 + index * 5
            let tokens: [Int32] = (0..<length).map { position in Int32((position * 7 + index * 11) % 61) }
            return GenerationPrompt(index: UInt32(index * 3 + 1), tokens: tokens)
        }
    }

    @Test(arguments: decodings) func groupingNeverChangesABit(decoding: DecodingParameters) throws {
        let weights = PolicyWeights(model: Tiny.model(try Tiny.config()))
        let prompts = Self.prompts(9)
        let together = try Generator(weights: weights).generate(
            prompts, samplesPerPrompt: 5, decoding: decoding, seed: 17)
        let alone = Generator(weights: weights)
        let separate = try prompts.flatMap {
            try alone.generate([$0], samplesPerPrompt: 5, decoding: decoding, seed: 17)
        }
        #expect(together == separate)
        let crowded = try Generator(weights: weights, maxRows: 7).generate(
            prompts, samplesPerPrompt: 5, decoding: decoding, seed: 17)
        #expect(together == crowded)
        let reversed = try Generator(weights: weights, maxRows: 16).generate(
            prompts.reversed(), samplesPerPrompt: 5, decoding: decoding, seed: 17)
        #expect(together == reversed.sorted { ($0.prompt, $0.sample) < ($1.prompt, $1.sample) })
    }

    @Test func firstSamplesDoNotDependOnHowManyAreDrawn() throws {
        let weights = PolicyWeights(model: Tiny.model(try Tiny.config()))
        let decoding = Self.decodings[0]
        let few = try Generator(weights: weights).generate(
            Self.prompts(2), samplesPerPrompt: 2, decoding: decoding, seed: 1)
        let many = try Generator(weights: weights).generate(
            Self.prompts(2), samplesPerPrompt: 6, decoding: decoding, seed: 1)
        #expect(few == many.filter { $0.sample < 2 })
    }

    @Test func logProbabilitiesAreThoseOfTheScorer() throws {
        let weights = PolicyWeights(model: Tiny.model(try Tiny.config()))
        let prompt = Self.prompts(4)[3]
        let scorer = SequenceScorer(weights: weights)
        for result in try Generator(weights: weights).generate(
            [prompt], samplesPerPrompt: 4, decoding: Self.decodings[1], seed: 5)
        {
            let scored = try scorer.logProbabilities(prompt.tokens + result.tokens)
            #expect(Array(scored.dropFirst(prompt.tokens.count - 1)) == result.logProbabilities)
        }
    }

    @Test func stopTokensEndASequenceAndAreNotKept() throws {
        let weights = PolicyWeights(model: Tiny.model(try Tiny.config()))
        let results = try Generator(weights: weights).generate(
            Self.prompts(6), samplesPerPrompt: 4, decoding: Self.decodings[0], seed: 3)
        let stopped = results.filter { $0.stop == .stopToken }
        #expect(!stopped.isEmpty && stopped.count < results.count)
        for result in results {
            #expect(!result.tokens.contains(3) && !result.tokens.contains(9))
            #expect((result.stop == .length) == (result.tokens.count == 40))
            #expect((result.stopLogProbability == nil) == (result.stop == .length))
            #expect(result.tokens.count == result.logProbabilities.count)
        }
    }

    @Test func progressReachesTheTotalAndCanStop() throws {
        let generator = Generator(weights: PolicyWeights(model: Tiny.model(try Tiny.config())), maxRows: 8)
        var seen: [GenerationProgress] = []
        let results = try generator.generate(
            Self.prompts(5), samplesPerPrompt: 4, decoding: Self.decodings[0], seed: 3
        ) {
            seen.append($0)
            return true
        }
        let last = try #require(seen.last)
        let drawn = results.reduce(0) { $0 + $1.tokens.count + ($1.stop == .stopToken ? 1 : 0) }
        #expect(last == GenerationProgress(finished: 20, total: 20, tokens: drawn))
        #expect(zip(seen, seen.dropFirst()).allSatisfy { $0.finished <= $1.finished && $0.tokens <= $1.tokens })
        #expect(throws: GenerationError.stopped) {
            try generator.generate(Self.prompts(5), samplesPerPrompt: 4, decoding: Self.decodings[0], seed: 3) {
                $0.finished < 3
            }
        }
        let again = try generator.generate(
            Self.prompts(5), samplesPerPrompt: 4, decoding: Self.decodings[0], seed: 3)
        #expect(again == results)
    }

    @Test func seedPromptAndSampleDecideTheNumbers() throws {
        let generator = Generator(weights: PolicyWeights(model: Tiny.model(try Tiny.config())))
        let decoding = DecodingParameters(maxNewTokens: 30)
        func tokens(_ index: UInt32, _ seed: UInt64) throws -> [[Int32]] {
            try generator.generate(
                [GenerationPrompt(index: index, tokens: [1, 2])], samplesPerPrompt: 2, decoding: decoding, seed: seed
            ).map(\.tokens)
        }
        let first = try tokens(1, 1)
        #expect(first == (try tokens(1, 1)))
        #expect(first[0] != first[1])
        #expect(first != (try tokens(2, 1)))
        #expect(first != (try tokens(1, 2)))
    }

    @Test func refusesInOneSentence() throws {
        let generator = Generator(weights: PolicyWeights(model: Tiny.model(try Tiny.config())))
        func message(
            _ tokens: [Int32], samples: Int = 1, _ decoding: DecodingParameters = DecodingParameters(maxNewTokens: 4)
        ) -> String {
            do {
                _ = try generator.generate(
                    [GenerationPrompt(index: 7, tokens: tokens)], samplesPerPrompt: samples, decoding: decoding, seed: 0
                )
                return "accepted"
            } catch {
                return error.description
            }
        }
        #expect(message([]).contains("Prompt 7 has no tokens"))
        #expect(message([61]).contains("token 61"))
        #expect(message([Int32](repeating: 1, count: 93)).contains("exceed the model's context of 96"))
        #expect(message([Int32](repeating: 1, count: 92)) == "accepted")
        #expect(message([1], samples: 0).contains("samples 0"))
        #expect(message([1], DecodingParameters(temperature: -1, maxNewTokens: 1)).contains("temperature"))
        #expect(message([1], DecodingParameters(topP: 0, maxNewTokens: 1)).contains("top-p"))
        #expect(message([1], DecodingParameters(maxNewTokens: 0)).contains("new tokens 0"))
    }
}
