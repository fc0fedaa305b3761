import Testing

@testable import Transformer

struct DecodingParametersTests {
    private static func draws(_ decoding: DecodingParameters) throws -> [Int32] {
        let generator = Generator(weights: PolicyWeights(model: Tiny.model(try Tiny.config())))
        return try generator.generate(
            [GenerationPrompt(index: 0, tokens: [1, 2, 3])], samplesPerPrompt: 200, decoding: decoding, seed: 4
        ).compactMap(\.tokens.first)
    }

    @Test func temperatureZeroTakesTheLargestLogit() throws {
        let scorer = SequenceScorer(weights: PolicyWeights(model: Tiny.model(try Tiny.config())))
        let row = Array(try scorer.logits([1, 2, 3]).suffix(61))
        let largest = Int32(row.indices.reduce(0) { row[$1] > row[$0] ? $1 : $0 })
        #expect(try Set(Self.draws(DecodingParameters(temperature: 0, maxNewTokens: 1))) == [largest])
        #expect(try Set(Self.draws(DecodingParameters(topK: 1, maxNewTokens: 1))) == [largest])
        #expect(try Set(Self.draws(DecodingParameters(topP: 1e-6, maxNewTokens: 1))) == [largest])
    }

    @Test func restrictionsNestAndTemperatureSpreads() throws {
        let scorer = SequenceScorer(weights: PolicyWeights(model: Tiny.model(try Tiny.config())))
        let row = Array(try scorer.logits([1, 2, 3]).suffix(61))
        let ranked = row.indices.sorted { (row[$1], $0) < (row[$0], $1) }.map(Int32.init)
        let five = try Set(Self.draws(DecodingParameters(topK: 5, maxNewTokens: 1)))
        #expect(five.isSubset(of: Set(ranked.prefix(5))) && five.count > 2)
        let cold = try Set(Self.draws(DecodingParameters(temperature: 0.2, maxNewTokens: 1)))
        let hot = try Set(Self.draws(DecodingParameters(temperature: 3, maxNewTokens: 1)))
        #expect(cold.count < hot.count)
    }
}
