import Checkpoints
import Foundation
import JSONLines
import Testing

@Suite struct ImportCommandTests {
    private let folder: Folder

    init() throws {
        folder = try Folder()
    }

    /// A checkpoint of llama2.c's legacy layout: hidden 4, one layer of one head, context 8.
    private func checkpoint(vocabulary: Int32) -> [UInt8] {
        let floats = Int(vocabulary) * 4 + 4 + 4 * 16 + 4 + 3 * 4 * 8 + 4 + 8 * 4
        let header: [Int32] = [4, 8, 1, 1, 1, vocabulary, 8]
        let weights = (0..<floats).map { Float($0 % 7) / 16 }
        return header.flatMap(Self.bytes) + weights.flatMap { Self.bytes(Int32(bitPattern: $0.bitPattern)) }
    }

    /// A tokenizer.bin with the three special pieces, the 256 bytes and some letters.
    private func tokenizer(letters: Int) -> [UInt8] {
        let hex = Array("0123456789ABCDEF")
        var pieces = ["<unk>", "\n<s>\n", "\n</s>\n"]
        pieces += (0..<256).map { "<0x\(hex[$0 / 16])\(hex[$0 % 16])>" }
        pieces += (0..<letters).map { String(UnicodeScalar(UInt8(97 + $0))) }
        let body = pieces.flatMap { Self.bytes(0) + Self.bytes(Int32($0.utf8.count)) + Array($0.utf8) }
        return Self.bytes(10) + body
    }

    private static func bytes(_ value: Int32) -> [UInt8] {
        (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }

    @Test func checkpointAndTokenizerBecomeADirectory() async throws {
        let model = try folder.write(checkpoint(vocabulary: 262), to: "m.bin")
        let words = try folder.write(tokenizer(letters: 3), to: "t.bin")
        let outcome = try await Binary.run(["import", "llama2c", model, "--tokenizer", words, "-o", folder("out")])
        #expect(outcome.status == 0, "\(outcome.error)")
        let made = try Checkpoint.load(directory: folder("out"))
        #expect(made.config.vocabularySize == 262)
        #expect(try outcome.json()[0]["weights"]?.string == "\(made.weightsDigest)")
        let tokens = try await Binary.run(["tokenize", "--model", folder("out")], input: #"{"text": "abc"}"#).json()
        #expect(tokens[0]["tokens"]?[0] == 1)
        try await Binary.run(["import", "llama2c", model, "--tokenizer", words, "-o", folder("out")])
            .refused(73, "exists already")
    }

    @Test func badFilesAreNamedAndNothingIsWritten() async throws {
        let model = try folder.write(checkpoint(vocabulary: 262), to: "m.bin")
        let words = try folder.write(tokenizer(letters: 3), to: "t.bin")
        let many = try folder.write(tokenizer(letters: 4), to: "many.bin")
        let cut = try folder.write(checkpoint(vocabulary: 262).dropLast(4), to: "cut.bin")
        for (file, tokenizer, status, word) in [
            (cut, words, Int32(65), "cut.bin"), (model, cut, 65, "cut.bin"), (model, many, 65, "only 262"),
            (folder("none"), words, 66, "none"), (model, folder("none"), 66, "none"),
        ] {
            try await Binary.run(["import", "llama2c", file, "--tokenizer", tokenizer, "-o", folder("out")])
                .refused(status, word)
            #expect(!folder.exists("out"))
        }
    }
}
