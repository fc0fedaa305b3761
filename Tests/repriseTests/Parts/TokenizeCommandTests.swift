import Compression
import JSONLines
import Testing
import Tokenization

@Suite struct TokenizeCommandTests {
    private let folder: Folder
    private let model: String

    init() throws {
        folder = try Folder()
        model = folder("model")
        try TinyModel.save(model)
    }

    @Test func textBecomesTokensAndTextAgain() async throws {
        let input = """
            {"id": 7, "text": "the cat", "z": null}

            {"text": "sat é"}
            """
        let there = try await Binary.run(["tokenize", "--model", model], input: input)
        #expect(there.status == 0, "\(there.error)")
        #expect(there.error.isEmpty)
        let tokenizer = try TinyModel.tokenizer.get()
        let rows = try there.json()
        #expect(rows.map { $0.object?.keys } == [["id", "text", "z", "tokens"], ["text", "tokens"]])
        #expect(rows[0]["tokens"]?.array?.compactMap(\.integer) == tokenizer.encode("the cat").map(Int.init))
        let back = try await Binary.run(
            ["tokenize", "--model", model, "--decode", folder.write(there.output, to: "tokens.jsonl")])
        #expect(back.output == there.output)
    }

    @Test func gzipAndStandardInputGiveTheSame() async throws {
        let text = Array(#"{"text": "a hat"}"#.utf8)
        let packed = try Gzip.compress(text)
        let plain = try await Binary.run(["tokenize", "--model", model], bytes: text)
        #expect(plain.lines.count == 1)
        let file = try folder.write(packed, to: "rows")
        #expect(try await Binary.run(["tokenize", "--model", model, file]).output == plain.output)
        #expect(try await Binary.run(["tokenize", "--model", model, "-"], bytes: packed).output == plain.output)
    }

    @Test func specialTokensAreLeftOutOfTextUnlessKept() async throws {
        let input = #"{"tokens": [0]}"#
        let bare = try await Binary.run(["tokenize", "--model", model, "--decode"], input: input)
        #expect(try bare.json()[0]["text"] == "")
        let kept = try await Binary.run(["tokenize", "--model", model, "--decode", "--keep-special"], input: input)
        #expect(try kept.json()[0]["text"] == "<|end|>")
    }

    @Test func linesBeforeABadOneAreWritten() async throws {
        let input = #"{"text": "a"}"# + "\n" + #"{"text": "b"}"# + "\n{\"text\": \n" + #"{"text": "d"}"#
        let outcome = try await Binary.run(["tokenize", "--model", model], input: input)
        outcome.refused(65, "standard input, line 3")
        #expect(outcome.lines.count == 2)
    }

    @Test func badLinesAreNamed() async throws {
        let arguments = ["tokenize", "--model", model]
        try await Binary.run(arguments, input: "{\"txt\": \"a\"}").refused(65, "line 1", "\"text\" is missing")
        try await Binary.run(arguments, input: "\n{\"text\": 1}").refused(65, "line 2", "not text")
        try await Binary.run(arguments, input: "[1]").refused(65, "line 1", "not a JSON object")
        try await Binary.run(arguments + ["--decode"], input: "{\"tokens\": [-1]}").refused(65, "token ids")
        let packed = try folder.write(Gzip.compress(Array("{}".utf8)).dropLast(4), to: "cut.gz")
        try await Binary.run(arguments + [packed]).refused(65, "cut.gz")
    }

    @Test func missingFilesAreNamed() async throws {
        try await Binary.run(["tokenize", "--model", model, folder("none")]).refused(66, folder("none"))
        try await Binary.run(["tokenize", "--model", folder("none")], input: "{}").refused(66, folder("none"))
        try await Binary.run(["tokenize", "--model", folder.path], input: "{}").refused(66, "tokenizer.json")
    }
}
