import Foundation
import Testing

@testable import Tokenization

/// Expected ids are those of Hugging Face's `BertWordPieceTokenizer` over the same vocabulary.
@Suite struct WordPieceTokenizerTests {
    static let vocabulary = """
        [PAD] [UNK] [CLS] [SEP] [MASK] the quick brown fox jump ##s ##ed over lazy dog un ##aff ##able ##a cafe ' t don ! ? . \
        , - $ # 5 ##0 ##% 日 本 ##語 語 ま ##す i ##i s ##t strasse straße e ##e _ ( ) ` ^ ~ | « » … “ ” ½ α ##λ ##φ ##α σ ##ς
        """.split(separator: " ").joined(separator: "\n")

    private static func tokenizer(_ options: String = "{}") throws -> WordPieceTokenizer {
        try WordPieceTokenizer(vocabulary: Array((vocabulary + "\n").utf8), options: Array(options.utf8))
    }

    @Test(
        arguments: [
            ("The quick brown fox jumps over the lazy dog.", [2, 5, 6, 7, 8, 9, 10, 12, 5, 13, 14, 25, 3]),
            ("unaffable unaffabl", [2, 15, 16, 17, 1, 3]),
            ("Café CAFÉ cafe\u{301} don't!?", [2, 19, 19, 19, 22, 20, 21, 23, 24, 3]),
            ("  a\tb\nthe\u{A0}fox\u{2003}dog ", [2, 1, 1, 5, 8, 14, 3]),
            ("日本語 日本 まます", [2, 33, 34, 36, 33, 34, 1, 3]),
            (
                "$50 50% #5 the_fox (the) `^~|",
                [2, 28, 30, 31, 30, 31, 1, 29, 30, 5, 47, 8, 48, 5, 49, 50, 51, 52, 53, 3]
            ),
            ("\u{0}the\u{FFFD} fo\u{200B}x\u{7} \u{AD}fox", [2, 5, 8, 8, 3]),
            ("[CLS] the [MASK] fox [SEP]x[UNK]", [2, 2, 5, 4, 8, 3, 1, 1, 3]),
            ("İi Σας ΣΑΣ αλφα", [2, 39, 40, 64, 63, 65, 1, 60, 61, 62, 63, 3]),
            ("straße STRASSE ſt", [2, 44, 43, 1, 3]),
            ("«the» … “fox” ½", [2, 54, 5, 55, 56, 57, 8, 58, 59, 3]),
            (String(repeating: "s", count: 101) + " the", [2, 1, 5, 3]),
            ("", [2, 3]), ("   ", [2, 3]),
            ("the-quick,brown...fox", [2, 5, 27, 6, 26, 7, 25, 25, 25, 8, 3]),
            ("😀the \u{FFFC}the", [2, 1, 1, 3]),
            ("e\u{323}\u{301}e ẹ\u{301}", [2, 45, 46, 45, 3]),
            ("[cls] [MASK]the", [2, 1, 1, 1, 4, 5, 3]),
            ("한국어 the", [2, 1, 5, 3]),
        ] as [(String, [Int32])])
    func uncasedTokensAreTheReferences(text: String, expected: [Int32]) throws {
        #expect(try Self.tokenizer().encode(text) == expected)
    }

    @Test func caseAccentsAndIdeographsMayBeKept() throws {
        let cased = try Self.tokenizer(#"{"do_lower_case": false}"#)
        #expect(cased.encode("The quick") == [2, 1, 6, 3])
        #expect(cased.encode("Café cafe straße STRASSE") == [2, 1, 19, 44, 1, 3])
        let kept = try Self.tokenizer(#"{"strip_accents": false, "tokenize_chinese_chars": false}"#)
        #expect(kept.encode("Café cafe İi") == [2, 1, 19, 1, 3])
        #expect(kept.encode("日本語 日本 まます") == [2, 1, 1, 1, 3])
    }

    @Test func longTextsAreCutAtTheirEnd() throws {
        let tokenizer = try Self.tokenizer()
        #expect(tokenizer.encode("the quick brown fox jumps", limit: 5) == [2, 5, 6, 7, 3])
        #expect(tokenizer.encode("unaffable", limit: 4) == [2, 15, 16, 3])
        #expect(tokenizer.encode("the", limit: 3) == [2, 5, 3])
        #expect(tokenizer.encode("the", limit: 2) == [2, 3])
    }

    @Test func bothFilesMakeTheSameTokenizer() throws {
        let tokens = Self.vocabulary.split(separator: "\n")
        let entries = tokens.enumerated().map { "\"\($1)\": \($0)" }.joined(separator: ",")
        let added = [(1, "[UNK]"), (3, "[SEP]"), (0, "[PAD]"), (2, "[CLS]"), (4, "[MASK]")].map {
            #"{"id": \#($0), "content": "\#($1)", "special": true, "normalized": false}"#
        }.joined(separator: ",")
        func file(_ processor: String, model: String = "WordPiece", normalizer: String = "BertNormalizer") -> String {
            """
            {"added_tokens": [\(added)], "normalizer": {"type": "\(normalizer)", "clean_text": true,
             "handle_chinese_chars": true, "strip_accents": null, "lowercase": true},
             "pre_tokenizer": {"type": "BertPreTokenizer"}, "post_processor": \(processor),
             "model": {"type": "\(model)", "unk_token": "[UNK]", "continuing_subword_prefix": "##",
             "max_input_chars_per_word": 100, "vocab": {\(entries)}}}
            """
        }
        let processors = [
            #"{"type": "BertProcessing", "sep": ["[SEP]", 3], "cls": ["[CLS]", 2]}"#,
            """
            {"type": "TemplateProcessing", "single": [{"SpecialToken": {"id": "[CLS]", "type_id": 0}},
             {"Sequence": {"id": "A", "type_id": 0}}, {"SpecialToken": {"id": "[SEP]", "type_id": 0}}]}
            """,
        ]
        let plain = try Self.tokenizer()
        for processor in processors {
            let tokenizer = try WordPieceTokenizer(json: Array(file(processor).utf8))
            #expect(tokenizer.encode("[CLS] Unaffable!") == plain.encode("[CLS] Unaffable!"))
            #expect(tokenizer.identity == plain.identity)
        }
        for (json, why) in [
            (file(processors[0], model: "BPE"), "its model is BPE"),
            (file(processors[0], normalizer: "NFC"), "its normalizer is not BertNormalizer"),
            (file(#"{"type": "Strange"}"#), "its post_processor"), ("[", "is not JSON"),
        ] {
            let error = #expect(throws: TokenizerError.self) { try WordPieceTokenizer(json: Array(json.utf8)) }
            #expect(error?.description.contains(why) == true)
        }
        let cased = try Self.tokenizer(#"{"do_lower_case": false}"#)
        #expect(cased.identity != plain.identity)
    }

    @Test func aDirectoryIsReadByWhatItHolds() throws {
        let folder = try TemporaryFolder()
        func refusal() -> String {
            #expect(throws: TokenizerError.self) { try WordPieceTokenizer.load(directory: folder.path) }?.description
                ?? ""
        }
        #expect(refusal().contains("has neither tokenizer.json nor vocab.txt"))
        let path = folder.path + "/vocab.txt"
        try "the\nquick\n".write(toFile: path, atomically: true, encoding: .utf8)
        #expect(refusal().contains("vocab.txt has no token [UNK]"))
        try Self.vocabulary.replacing("\n", with: "\r\n").write(toFile: path, atomically: true, encoding: .utf8)
        let tokenizer = try WordPieceTokenizer.load(directory: folder.path)
        #expect(tokenizer.vocabularySize == 66)
        #expect(tokenizer.id(of: "##able") == 17)
        #expect(tokenizer.encode("the") == [2, 5, 3])
        try #"{"do_lower_case": false}"#.write(
            toFile: folder.path + "/tokenizer_config.json", atomically: true, encoding: .utf8)
        #expect(try WordPieceTokenizer.load(directory: folder.path).encode("The") == [2, 1, 3])
    }
}
