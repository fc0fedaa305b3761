import Files
import JSONLines
import Testing
import Tokenization

@Suite struct TokenizerLlamaCTests {
    @Test(
        .enabled(if: Shared.exists, "needs ../shared"),
        arguments: [("babyllama_tok105", "tok105.bin"), ("stories260K", "tok512.bin")])
    func givesTheReferenceTokens(folder: String, file: String) throws {
        let path = Shared.path + "/models/" + folder
        let tokenizer = try Tokenizer.load(llamaC: path + "/" + file)
        let reference = try JSON.parse(try FileReader.contents(of: path + "/reference_logits.json", limit: 1 << 24))
        let cases = try #require(reference["cases"]?.array)
        #expect(!cases.isEmpty)
        for entry in cases {
            let text = try #require(entry["text"]?.string)
            let tokens = try #require(entry["tokens"]?.array).compactMap(\.integer).map(Int32.init)
            #expect(tokenizer.encode(text, addSpecial: true) == tokens)
            #expect(tokenizer.decode(tokens) == text)
        }
    }

    /// A vocabulary of `<unk>`, `<s>`, `</s>` and pieces with falling scores.
    static func file(_ pieces: [String], in folder: TemporaryFolder) throws -> String {
        var bytes: [UInt8] = [5, 0, 0, 0]
        for (index, piece) in (["<unk>", "\n<s>\n", "\n</s>\n"] + pieces).enumerated() {
            let score = (index < 3 ? 0 : Float(-index)).bitPattern
            for word in [score, UInt32(piece.utf8.count)] {
                for shift in [0, 8, 16, 24] { bytes.append(UInt8(truncatingIfNeeded: word >> UInt32(shift))) }
            }
            bytes += Array(piece.utf8)
        }
        try FileReplacement.write(bytes, to: folder.path + "/t.bin")
        return folder.path + "/t.bin"
    }

    @Test func bestScoreMergesFirstAndUnknownCharactersFuse() throws {
        let folder = try TemporaryFolder()
        let tokenizer = try Tokenizer.load(llamaC: Self.file(["bc", "ab", " a", "a", "b", "c", " "], in: folder))
        // " abc": bc scores best, then " a".
        #expect(tokenizer.encode("abc").compactMap(tokenizer.token) == ["▁a", "bc"])
        #expect(tokenizer.encode("ab").compactMap(tokenizer.token) == ["▁", "ab"])
        #expect(tokenizer.encode("c??c").compactMap(tokenizer.token) == ["▁", "c", "<unk>", "c"])
        #expect(tokenizer.decode(tokenizer.encode("abc c")) == "abc c")
        #expect(tokenizer.decode(tokenizer.encode("c"), isContinuation: true) == " c")
        #expect(try Tokenizer(json: tokenizer.json).encode("abcab") == tokenizer.encode("abcab"))
    }

    @Test func refusesATruncatedFile() throws {
        let folder = try TemporaryFolder()
        let path = try Self.file(["a", "b"], in: folder)
        let whole = try FileReader.contents(of: path, limit: 1000)
        for count in [0, 3, 5, whole.count - 1] {
            try FileReplacement.write(Array(whole[..<count]), to: path)
            #expect(throws: TokenizerError.self) { try Tokenizer.load(llamaC: path) }
        }
    }
}
