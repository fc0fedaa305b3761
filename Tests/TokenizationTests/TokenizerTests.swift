import Foundation
import JSONLines
import Testing

@testable import Tokenization

@Suite struct TokenizerTests {
    static let texts = [
        "Dear all,\n\nThe meeting's moved to 10:30.", "def f(x):\n        return x  # ok",
        "Ça va? e\u{301}te\u{301}, naïve — 日本 🎉", "<|endoftext|>again  <|endoftext|>  ", "    indented\t\tthrice\n\n\n",
    ]
    // What the reference implementation makes of them.
    static let gpt2: [[Int32]] = [
        [20266, 477, 11, 198, 198, 464, 3249, 338, 3888, 284, 838, 25, 1270, 13],
        [4299, 277, 7, 87, 2599, 198, 220, 220, 220, 220, 220, 220, 220, 1441, 2124, 220, 1303, 12876],
        [
            127, 229, 64, 46935, 30, 304, 136, 223, 660, 136, 223, 11, 41492, 851, 10545, 245, 98, 17312, 105, 12520,
            236,
            231,
        ],
        [50256, 17776, 220, 220, 50256, 220, 220], [220, 220, 220, 773, 4714, 197, 197, 400, 20970, 628, 198],
    ]
    static let pythia: [[Int32]] = [
        [24723, 512, 13, 187, 187, 510, 4804, 434, 4395, 281, 884, 27, 1229, 15],
        [1545, 269, 9, 89, 2262, 187, 50270, 2309, 1269, 50276, 4, 8718],
        [127, 218, 66, 13460, 32, 23162, 13, 36060, 1905, 209, 49868, 22692, 225, 220], [0, 16245, 50276, 0, 50276],
        [50274, 527, 8006, 186, 186, 394, 23804, 2756],
    ]

    @Test(.enabled(if: Shared.exists, "needs ../shared"), arguments: [("gpt2", gpt2), ("pythia", pythia)])
    func givesTheReferenceTokens(name: String, expected: [[Int32]]) throws {
        let tokenizer = try Tokenizer.load(path: Shared.path + "/tokenizers/\(name)/tokenizer.json")
        for (text, tokens) in zip(Self.texts, expected) {
            #expect(tokenizer.encode(text) == tokens)
            let normalized = name == "pythia" ? text.precomposedStringWithCanonicalMapping : text
            #expect(tokenizer.decode(tokens, skipSpecial: false) == normalized)
        }
        #expect(tokenizer.decode(tokenizer.encode(Self.texts[3])) == "again    ")
        #expect(tokenizer.vocabularySize == (name == "gpt2" ? 50257 : 50278))
        #expect(tokenizer.id(of: "<|endoftext|>").map { tokenizer.specialTokenIDs.contains($0) } == true)
    }

    // MARK: A tokenizer of bytes and a few merges

    static func json(_ changes: (inout JSON) -> Void = { _ in }) throws -> [UInt8] {
        var vocabulary = JSONObject()
        for byte in 0..<256 { vocabulary[String(ByteAlphabet.scalars[byte])] = .integer(Int64(byte)) }
        for (offset, token) in ["ab", "abc", "Ġab", "bc"].enumerated() {
            vocabulary[token] = .integer(Int64(256 + offset))
        }
        var json: JSON = [
            "added_tokens": [["id": 260, "content": "<e>", "special": true, "normalized": false]],
            "normalizer": .null, "pre_tokenizer": ["type": "ByteLevel", "add_prefix_space": false],
            "post_processor": .null,
            "model": ["type": "BPE", "vocab": .object(vocabulary), "merges": ["b c", ["a", "b"], "Ġ ab", "ab c"]],
        ]
        changes(&json)
        return Array(json.serialized().utf8)
    }

    static func set(_ json: inout JSON, _ path: [String], _ value: JSON) {
        guard let key = path.first, var object = json.object else { return }
        var child = object[key] ?? [:]
        if path.count == 1 { child = value } else { set(&child, Array(path.dropFirst()), value) }
        object[key] = child
        json = .object(object)
    }

    static func tokenizer(_ changes: (inout JSON) -> Void = { _ in }) throws -> Tokenizer {
        try Tokenizer(json: json(changes))
    }

    @Test func mergesByRank() throws {
        let tokenizer = try Self.tokenizer()
        #expect(tokenizer.encode("abc ab") == [97, 259, 258])
        #expect(tokenizer.encode("") == [])
        #expect(tokenizer.encode("<e>ab<e>") == [260, 256, 260])
        #expect(tokenizer.decode([260, 258, 260, 97, 999, -1]) == " aba")
        #expect(tokenizer.decode([260, 97], skipSpecial: false) == "<e>a")
        #expect(tokenizer.decode([0xC3, 97]) == "\u{FFFD}a")
        #expect(tokenizer.token(258) == "Ġab")
        #expect(tokenizer.token(-1) == nil)
        #expect(tokenizer.bytes(of: 258) == Array(" ab".utf8))
        #expect(tokenizer.vocabularySize == 261)
    }

    @Test func wholeWordsComeFirstWhereMergesAreIgnored() throws {
        let tokenizer = try Self.tokenizer { Self.set(&$0, ["model", "ignore_merges"], true) }
        #expect(tokenizer.encode("abc") == [257])
    }

    @Test func prefixSpaceAndTemplate() throws {
        let tokenizer = try Self.tokenizer {
            Self.set(&$0, ["pre_tokenizer", "add_prefix_space"], true)
            Self.set(
                &$0, ["post_processor"],
                [
                    "type": "Sequence",
                    "processors": [
                        ["type": "ByteLevel"],
                        [
                            "type": "TemplateProcessing",
                            "single": [
                                ["SpecialToken": ["id": "<e>", "type_id": 0]], ["Sequence": ["id": "A", "type_id": 0]],
                                ["SpecialToken": ["id": "<e>", "type_id": 0]],
                            ],
                            "special_tokens": ["<e>": ["ids": [260]]],
                        ],
                    ],
                ])
        }
        #expect(tokenizer.encode("ab") == [258])
        #expect(tokenizer.encode(" ab", addSpecial: true) == [260, 258, 260])
    }

    @Test func addedTokensMatchLongestAndSwallowSpace() throws {
        let tokenizer = try Self.tokenizer {
            Self.set(
                &$0, ["added_tokens"],
                [
                    ["id": 260, "content": "<e>", "special": true, "normalized": false],
                    ["id": 261, "content": "<e>>", "special": false, "normalized": false],
                    ["id": 262, "content": "<m>", "lstrip": true, "rstrip": true, "normalized": true],
                ])
        }
        #expect(tokenizer.encode("<e>>a<e>") == [261, 97, 260])
        #expect(tokenizer.encode("a \n<m>\u{3000} a") == [97, 262, 97])
        #expect(tokenizer.encode("<m") == [60, 109])
        #expect(tokenizer.specialTokenIDs == [260])
    }

    @Test func composesOnlyWhenTold() throws {
        let plain = try Self.tokenizer()
        let composing = try Self.tokenizer { Self.set(&$0, ["normalizer"], ["type": "NFC"]) }
        #expect(plain.encode("e\u{301}") == [101, 0xCC, 0x81])
        #expect(composing.encode("e\u{301}") == [0xC3, 0xA9])
    }

    @Test func metaspaceMarksTheTextsStart() throws {
        let vocabulary: JSON = ["<unk>": 0, "▁": 1, "a": 2, "▁a": 3, "<s>": 4]
        let make = { (scheme: String) -> Tokenizer in
            let json: JSON = [
                "added_tokens": [["id": 4, "content": "<s>", "special": true, "normalized": false]],
                "pre_tokenizer": [
                    "type": "Metaspace", "replacement": "▁", "prepend_scheme": .string(scheme), "split": false,
                ],
                "model": ["type": "BPE", "vocab": vocabulary, "merges": ["▁ a"], "unk_token": "<unk>"],
            ]
            return try Tokenizer(json: Array(json.serialized().utf8))
        }
        #expect(try make("first").encode("a a<s>a") == [3, 3, 4, 2])
        #expect(try make("always").encode("a a<s>a") == [3, 3, 4, 3])
        #expect(try make("never").encode("a a<s>a") == [2, 3, 4, 2])
        #expect(try make("first").encode(" a") == [3])
        #expect(try make("first").decode([3, 3]) == "a a")
    }

    static let refusals: [(path: String, value: String, sentence: String)] = [
        ("model/type", #""WordPiece""#, "WordPiece"),
        ("model/vocab/new", "97", "have the same id 97"),
        ("model/vocab/new", "-1", "has the id -1"),
        ("model/vocab/new", "99999999999", "has the id"),
        ("model/merges", #"["a q r"]"#, "not a pair"),
        ("model/merges", #"["a q"]"#, "not in the vocabulary"),
        ("model/end_of_word_suffix", #""</w>""#, "end_of_word_suffix"),
        ("normalizer", #"{"type": "Lowercase"}"#, "Lowercase"),
        ("pre_tokenizer", #"{"type": "BertPreTokenizer"}"#, "BertPreTokenizer"),
        (
            "pre_tokenizer", #"{"type": "Split", "pattern": {"Regex": "x+"}, "behavior": "Isolated", "invert": false}"#,
            "its split pattern is not one of"
        ),
        ("post_processor", #"{"type": "BertProcessing"}"#, "BertProcessing"),
        ("added_tokens", #"[{"id": 300, "content": "x y", "single_word": true}]"#, "single_word"),
    ]

    @Test(arguments: refusals)
    func refusesWhatItDoesNotKnow(path: String, value: String, sentence: String) throws {
        let value = try JSON.parse(value)
        let keys = path.split(separator: "/").map(String.init)
        let error = #expect(throws: TokenizerError.self) { try Self.tokenizer { Self.set(&$0, keys, value) } }
        let description = error?.description ?? ""
        #expect(description.contains(sentence), "\(description)")
        #expect(description.hasPrefix("tokenizer.json"))
    }

    @Test func refusesTextThatIsNotJSON() {
        #expect(throws: TokenizerError.self) { try Tokenizer(json: Array("{".utf8)) }
        #expect(throws: TokenizerError.self) { try Tokenizer(json: Array("{}".utf8)) }
    }

    @Test func threadsAndFullCachesGiveTheSameTokens() async throws {
        let tokenizer = try Self.tokenizer()
        // More distinct words than the cache holds, one longer than it takes.
        let text = (0..<20_000).map { "ab\($0)cab" }.joined(separator: " ") + String(repeating: "abc", count: 100)
        let expected = tokenizer.encode(text)
        #expect(tokenizer.decode(expected) == text)
        await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<4 { group.addTask { tokenizer.encode(text) == expected } }
            for await same in group { #expect(same) }
        }
    }
}
