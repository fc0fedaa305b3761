import Checkpoints
import JSONLines
import Testing
import Tokenization
import Transformer

@Suite struct GenerateCommandTests {
    private let folder: Folder
    private let model: String

    init() throws {
        folder = try Folder()
        model = folder("model")
        try TinyModel.save(model)
    }

    private func generate(_ options: [String], _ input: String) async throws -> Binary.Outcome {
        try await Binary.run(["generate", "--model", model] + options, input: input)
    }

    @Test func samplesAreThoseOfTheGenerator() async throws {
        let outcome = try await generate(
            ["--max-new-tokens", "12", "--samples", "3", "--seed", "5", "--temperature", "0.8"],
            #"{"prompt": "the cat", "id": 1}"# + "\n" + #"{"tokens": [4, 8]}"#)
        #expect(outcome.status == 0, "\(outcome.error)")
        let tokenizer = try TinyModel.tokenizer.get()
        let weights = try PolicyWeights(checkpoint: try Checkpoint.load(directory: model))
        let expected = try Generator(weights: weights).generate(
            [
                GenerationPrompt(index: 0, tokens: tokenizer.encode("the cat")),
                GenerationPrompt(index: 1, tokens: [4, 8]),
            ],
            samplesPerPrompt: 3, decoding: DecodingParameters(temperature: 0.8, maxNewTokens: 12, stopTokens: [0]),
            seed: 5)
        let rows = try outcome.json()
        #expect(rows[0].object?.keys == ["prompt", "id", "samples"])
        let found = rows.flatMap { $0["samples"]?.array ?? [] }
        #expect(found.map { $0["tokens"]?.array?.compactMap(\.integer) } == expected.map { $0.tokens.map(Int.init) })
        #expect(
            found.map { $0["logprobs"]?.array?.compactMap(\.double).map { Float($0) } }
                == expected.map(\.logProbabilities))
        #expect(found.map { $0["stop"] } == expected.map { $0.stop == .length ? "length" : "eos" })
        #expect(found.map { $0["text"]?.string } == expected.map { tokenizer.decode($0.tokens) })
    }

    @Test func greedySamplesAreAlike() async throws {
        let rows = try await generate(
            ["--max-new-tokens", "6", "--temperature", "0", "--samples", "2", "--no-stop-at-eos"], #"{"prompt": "a"}"#
        ).json()
        #expect(rows[0]["samples"]?[0] == rows[0]["samples"]?[1])
        #expect(rows[0]["samples"]?[0]?["tokens"]?.array?.count == 6)
        #expect(rows[0]["samples"]?[0]?["stop"] == "length")
    }

    @Test func orderIsKeptWhateverTheThreads() async throws {
        let input = (0..<40).map { #"{"tokens": [\#($0 + 1)], "n": \#($0)}"# }.joined(separator: "\n")
        let options = ["--max-new-tokens", "5", "--samples", "32", "--top-k", "20", "--top-p", "0.9", "--threads"]
        let one = try await generate(options + ["1"], input)
        let three = try await generate(options + ["3"], input)
        #expect(try one.json().map { $0["n"]?.integer } == Array(0..<40))
        #expect(one.output == three.output)
        let other = try await generate(["--seed", "1"] + options + ["1"], input)
        #expect(one.output != other.output)
    }

    @Test func logprobsOfWhatWasDrawnAreTheSame() async throws {
        let sample = try await generate(["--max-new-tokens", "8", "--no-stop-at-eos"], #"{"tokens": [3, 4, 5]}"#)
            .json()[0]
        let drawn = try #require(sample["samples"]?[0]?["tokens"]?.array)
        let line = JSON.object(["tokens": .array([3, 4, 5] + drawn)]).serialized()
        let scored = try await Binary.run(["logprobs", "--model", model], input: line).json()[0]
        #expect(scored["logprobs"]?.array?.suffix(8) == sample["samples"]?[0]?["logprobs"]?.array?.suffix(8))
    }

    @Test func nothingIsDrawnWhenALineIsBad() async throws {
        let good = #"{"prompt": "a"}"#
        for (bad, words) in [
            ("{\"prompt\"", "line 3"), ("{}", "\"prompt\" nor \"tokens\""), (#"{"tokens": [9999]}"#, "no token 9999"),
            (#"{"prompt": ""}"#, "no tokens"),
            (#"{"tokens": [\#(Array(repeating: "1", count: 40).joined(separator: ","))]}"#, "context of 48"),
        ] {
            let outcome = try await generate(["--max-new-tokens", "9"], [good, good, bad].joined(separator: "\n"))
            outcome.refused(65, "standard input, line 3", words)
            #expect(outcome.output.isEmpty)
        }
    }

    @Test func badOptionsAreRefused() async throws {
        for options in [["--samples", "0"], ["--top-p", "0"], ["--temperature", "-1"], ["--max-new-tokens", "0"]] {
            #expect(try await generate(options, #"{"prompt": "a"}"#).status == 64)
        }
    }
}
