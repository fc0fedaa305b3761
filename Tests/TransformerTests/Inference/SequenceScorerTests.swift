import Checkpoints
import Testing

@testable import Transformer

struct SequenceScorerTests {
    private static let tokens: [Int32] = (0..<90).map { Int32($0 * 17 % 61) }

    @Test func aPrefixIsScoredAlike() throws {
        let scorer = SequenceScorer(weights: PolicyWeights(model: Tiny.model(try Tiny.config())))
        let whole = try scorer.logProbabilities(Self.tokens)
        #expect(whole.count == 89)
        for count in [2, 16, 33, 65] {
            #expect(try scorer.logProbabilities(Array(Self.tokens.prefix(count))) == Array(whole.prefix(count - 1)))
        }
    }

    @Test func logProbabilitiesComeFromTheLogits() throws {
        let scorer = SequenceScorer(weights: PolicyWeights(model: Tiny.model(try Tiny.config())))
        let logits = try scorer.logits(Self.tokens)
        let scored = try scorer.logProbabilities(Self.tokens)
        #expect(logits.count == 90 * 61)
        for position in [0, 40, 88] {
            let row = logits[position * 61..<(position + 1) * 61].map(Double.init)
            let largest = row.max() ?? 0
            // Σ e^x by its series would need libm; two candidates' odds need none.
            let target = row[Int(Self.tokens[position + 1])]
            #expect(Double(scored[position]) <= 0)
            #expect(Double(scored[position]) <= target - largest + 1e-6)
        }
    }

    @Test func oneTokenHasNothingToScore() throws {
        let scorer = SequenceScorer(weights: PolicyWeights(model: Tiny.model(try Tiny.config())))
        #expect(try scorer.logProbabilities([5]) == [])
        #expect(try scorer.logits([5]).count == 61)
    }

    @Test func refusesInOneSentence() throws {
        let scorer = SequenceScorer(weights: PolicyWeights(model: Tiny.model(try Tiny.config())))
        for (tokens, mention) in [
            ([], "no tokens"), ([-1], "token -1"), ([1, 61], "token 61"),
            ([Int32](repeating: 1, count: 97), "context is 96"),
        ] as [([Int32], String)] {
            let error = #expect(throws: GenerationError.self) { try scorer.logProbabilities(tokens) }
            #expect(error?.description.contains(mention) == true)
        }
    }
}
