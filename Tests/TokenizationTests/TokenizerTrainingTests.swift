import Files
import Testing
import Tokenization

@Suite struct TokenizerTrainingTests {
    static let texts = ["the cat sat on the mat, the cat's hat", "a rat and the cat sat; aaaa aaa", "the end. thé"]

    static func train(_ texts: [String], size: Int = 280) throws -> Tokenizer {
        try Tokenizer.train(texts: texts, vocabularySize: size, specialTokens: ["<|pad|>", "<|end|>"])
    }

    @Test func learnsWhatTheReferenceTrainerLearns() throws {
        let tokenizer = try Self.train(Self.texts)
        let learned = (258..<Int32(tokenizer.vocabularySize)).compactMap(tokenizer.token)
        #expect(learned == ["at", "th", "aa", "the", "cat", "Ġthe", "Ġcat", "nd", "sat", "Ġaa", "Ġsat"])
        #expect(
            tokenizer.encode("the cat sat<|end|> thé aaaaa") == [261, 264, 268, 1, 222, 259, 129, 104, 267, 260, 66])
        #expect(tokenizer.specialTokenIDs == [0, 1])
        #expect(tokenizer.token(2) == "!")
    }

    @Test func orderOfTextsDoesNotMatter() throws {
        #expect(try Self.train(Self.texts).json == Self.train(Self.texts.reversed()).json)
    }

    @Test func stopsAtTheSize() throws {
        #expect(try Self.train(Self.texts, size: 260).vocabularySize == 260)
        #expect(try Self.train([], size: 260).vocabularySize == 258)
    }

    @Test func specialTokensTeachNothing() throws {
        let plain = try Self.train(["ab ab"])
        let marked = try Self.train(["ab<|end|><|end|><|end|> ab"])
        #expect(plain.json == marked.json)
    }

    @Test func survivesAFile() throws {
        let folder = try TemporaryFolder()
        let trained = try Self.train(Self.texts)
        let path = folder.path + "/tokenizer.json"
        try trained.save(path: path)
        let loaded = try Tokenizer.load(path: path)
        #expect(loaded.json == trained.json)
        for text in Self.texts + ["日本 🎉 \u{0} \r\n"] {
            #expect(loaded.encode(text) == trained.encode(text))
            #expect(loaded.decode(loaded.encode(text)) == text)
        }
    }

    @Test func refusesWhatCannotBe() {
        #expect(throws: TokenizerError.self) { try Self.train(Self.texts, size: 257) }
        #expect(throws: TokenizerError.self) {
            try Tokenizer.train(texts: Self.texts, vocabularySize: 300, specialTokens: ["<a>", "<a>"])
        }
        #expect(throws: TokenizerError.self) {
            try Tokenizer.train(texts: Self.texts, vocabularySize: 300, specialTokens: ["a"])
        }
    }
}
