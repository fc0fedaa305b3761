import Checkpoints
import JSONLines
import Testing
import Tokenization

@testable import Transformer

/// Agreement with llama2.c on two small pretrained models.
@Suite(.enabled(if: Shared.exists, "needs ../shared"))
struct PretrainedTests {
    static let models = [("babyllama_tok105", "model5000.bin"), ("stories260K", "stories260K.bin")]

    @Test(arguments: models) func logitsAndLikelihoodsAgree(folder: String, file: String) throws {
        let checkpoint = try Checkpoint.load(llamaC: Shared.path("models/\(folder)/\(file)"))
        let scorer = SequenceScorer(weights: try PolicyWeights(checkpoint: checkpoint))
        let reference = try JSON.parse(try Shared.bytes("models/\(folder)/reference_logits.json"))
        let cases = try #require(reference["cases"]?.array)
        var worst: Float = 0
        for entry in cases {
            let tokens = Fixture.ids(entry["tokens"] ?? .null)
            let rows = (entry["logits"]?.array ?? []).map { row in (row.array ?? []).map { Float($0.double ?? .nan) } }
            worst = max(worst, largestDifference(try scorer.logits(tokens), rows.flatMap { $0 }))
            let likelihood = try scorer.logProbabilities(tokens).reduce(0.0) { $0 - Double($1) }
            #expect(abs(likelihood - (entry["nll_sum"]?.double ?? .nan)) < 1e-3)
        }
        print("\(folder): logits differ by at most \(worst)")
        #expect(!cases.isEmpty && worst < 1e-4)
    }

    @Test(arguments: [("", 200, "expected_greedy_200steps.txt"), ("Zoo", 60, "expected_greedy_Zoo_n60.txt")])
    func greedyTextAgrees(prompt: String, steps: Int, file: String) throws {
        let folder = "models/stories260K"
        let tokenizer = try Tokenizer.load(llamaC: Shared.path(folder + "/tok512.bin"))
        let weights = try PolicyWeights(
            checkpoint: try Checkpoint.load(llamaC: Shared.path(folder + "/stories260K.bin")))
        let tokens = prompt.isEmpty ? [1] : tokenizer.encode(prompt, addSpecial: true)
        let results = try Generator(weights: weights).generate(
            [GenerationPrompt(index: 0, tokens: tokens)], samplesPerPrompt: 1,
            decoding: DecodingParameters(temperature: 0, maxNewTokens: steps + 1 - tokens.count, stopTokens: [1]),
            seed: 0)
        let text = tokenizer.decode(tokens + (results.first?.tokens ?? []))
        let expected = try #require(String(validating: try Shared.bytes("\(folder)/\(file)"), as: UTF8.self))
        #expect(text == (expected.last == "\n" ? String(expected.dropLast()) : expected))
    }
}
