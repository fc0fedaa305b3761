import Checkpoints
import JSONLines
import Testing
import Tokenization
import Transformer

@Suite struct LogprobsCommandTests {
    private let folder: Folder
    private let model: String

    init() throws {
        folder = try Folder()
        model = folder("model")
        try TinyModel.save(model)
    }

    @Test func eachTokenHasItsLogProbability() async throws {
        let outcome = try await Binary.run(
            ["logprobs", "--model", model], input: #"{"tokens": [5, 9, 7], "note": "x"}"# + "\n" + #"{"text": "cat"}"#)
        #expect(outcome.status == 0, "\(outcome.error)")
        let rows = try outcome.json()
        let scorer = SequenceScorer(weights: try PolicyWeights(checkpoint: try Checkpoint.load(directory: model)))
        let expected = try scorer.logProbabilities([5, 9, 7])
        #expect(rows[0]["note"] == "x")
        #expect(rows[0]["logprobs"]?[0] == .null)
        let found = rows[0]["logprobs"]?.array?.dropFirst().compactMap(\.double).map { Float($0) }
        #expect(found == expected)
        let text = try TinyModel.tokenizer.get().encode("cat")
        #expect(rows[1]["tokens"]?.array?.compactMap(\.integer) == text.map(Int.init))
        #expect(rows[1]["logprobs"]?.array?.count == text.count)
    }

    @Test func threadsDoNotShow() async throws {
        let input = (0..<70).map { #"{"tokens": [\#($0), 3, \#($0 * 3)]}"# }.joined(separator: "\n")
        let one = try await Binary.run(["logprobs", "--model", model, "--threads", "1"], input: input)
        let three = try await Binary.run(["logprobs", "--model", model, "--threads", "3"], input: input)
        #expect(one.lines.count == 70)
        #expect(one.output == three.output)
    }

    @Test func badLinesAreNamed() async throws {
        let arguments = ["logprobs", "--model", model]
        try await Binary.run(arguments, input: "{\"tokens\": [1]}\n\n{").refused(65, "line 3")
        try await Binary.run(arguments, input: "{}").refused(65, "line 1", "tokens", "text")
        try await Binary.run(arguments, input: "{\"tokens\": []}").refused(65, "line 1", "no tokens")
        try await Binary.run(arguments, input: "{\"tokens\": [9999]}").refused(65, "line 1", "no token 9999")
        let long = JSON.object(["tokens": JSON.array(Array(repeating: 1, count: TinyModel.context + 1))])
        try await Binary.run(arguments, input: long.serialized()).refused(
            65, "line 1", "context of \(TinyModel.context)")
    }

    @Test func truncatedWeightsAreNamed() async throws {
        let bytes = try folder.bytes("model/model.safetensors")
        _ = try folder.write(bytes.dropLast(100), to: "model/model.safetensors")
        try await Binary.run(["logprobs", "--model", model], input: "{}").refused(65, "model.safetensors")
    }

    @Test func aTokenizerOfAnotherModelIsRefused() async throws {
        try TinyModel.save(folder("small"), vocabulary: 100)
        try await Binary.run(["logprobs", "--model", folder("small")], input: "{}")
            .refused(65, "tokens but the model only 100")
    }

    @Test func textNeedsATokenizer() async throws {
        let checkpoint = try Checkpoint.load(directory: model).with(companions: [])
        try checkpoint.save(directory: folder("bare"))
        let arguments = ["logprobs", "--model", folder("bare")]
        #expect(try await Binary.run(arguments, input: "{\"tokens\": [1, 2]}").status == 0)
        try await Binary.run(arguments, input: "{\"text\": \"a\"}").refused(65, "line 1", "tokenizer.json")
    }
}
