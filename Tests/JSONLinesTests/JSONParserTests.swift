import Foundation
import JSONLines
import Testing

@Suite struct JSONParserTests {
    @Test(
        arguments: [
            ("null", .null), (" true ", true), ("false", false), ("0", 0), ("-7", -7),
            ("9223372036854775807", .integer(.max)),
            ("-9223372036854775808", .integer(.min)), ("9223372036854775808", .number(9_223_372_036_854_775_808)),
            ("1.5", 1.5), ("-2e3", -2000.0), ("1E-2", 0.01), ("1e0", 1.0), ("-0.0", -0.0), ("\"\"", ""), ("[]", []),
            ("{}", [:]),
            ("[1, [2], {\"a\": null}]", [1, [2], ["a": .null]]),
            (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{C}\n\r\t"), (#""a\u00e9\u4E2Db""#, "aé中b"),
            (#""\ud83d\ude00 ok""#, "😀 ok"), (#""x\u0000""#, "x\0"), ("\"é中😀\"", "é中😀"),
        ] as [(String, JSON)])
    func reads(text: String, value: JSON) throws {
        #expect(try JSON.parse(text) == value)
    }

    @Test func negativeZeroKeepsItsSign() throws {
        #expect(try JSON.parse("-0").double?.sign == .minus)
    }

    @Test(arguments: [
        "", " ", "nul", "truex", "tru", "+1", "01", "-01", "-", "1.", ".5", "1e", "1e+", "0x1", "NaN", "Infinity",
        "-Infinity",
        "1e999", "[", "[1", "[1,", "[1,]", "[,]", "[1 2]", "]", "{", "{\"a\"", "{\"a\":", "{\"a\":1", "{\"a\":1,}",
        "{a:1}",
        "{1:1}", "{\"a\" 1}", "{'a':1}", "\"", "\"a", "\"\\", "\"\\x\"", "\"\\u12\"", "\"\\u12g4\"", "\"\\ud800\"",
        "\"\\ud800x\"", "\"\\ud800\\u0041\"", "\"\\udc00\"", "\"a\nb\"", "\"\u{1}\"", "1 2", "{} []", "// no\n1",
        "\u{FEFF}1",
        "\u{A0}1", "\0", "1\0",
    ]) func refuses(text: String) {
        #expect(throws: JSONError.self) { try JSON.parse(text) }
    }

    @Test(arguments: [
        [0x22, 0xFF, 0x22], [0x22, 0xC0, 0x80, 0x22], [0x22, 0xED, 0xA0, 0x80, 0x22], [0x22, 0xC3, 0x22],
    ])
    func refusesBrokenUTF8(bytes: [UInt8]) {
        #expect(throws: JSONError.self) { try JSON.parse(bytes) }
    }

    @Test func depthIsLimited() throws {
        let deep = { (levels: Int) in String(repeating: "[", count: levels) + String(repeating: "]", count: levels) }
        #expect(try JSON.parse(deep(128)).array?.count == 1)
        #expect(throws: JSONError.self) { try JSON.parse(deep(130)) }
        #expect(throws: JSONError.self) { try JSON.parse(String(repeating: "[{\"a\":", count: 100_000)) }
    }

    @Test func errorsNameThePlace() throws {
        let error = try #require(throws: JSONError.self) { try JSON.parse("{\n  \"a\": 1,\n  \"b\" 2\n}") }
        #expect((error.line, error.column, error.offset) == (3, 7, 18))
        #expect(error.description == "Invalid JSON at line 3, column 7 (byte 18): a colon is missing after the key.")
    }

    @Test func keysThatDifferOnlyInNormalisationAreDifferent() throws {
        let object = try #require(try JSON.parse("{\"\u{E9}\": 1, \"e\u{301}\": 2}").object)
        #expect(object.count == 2)
        #expect(object["\u{E9}"] == 1)
        #expect(object["e\u{301}"] == 2)
        #expect(JSON.string("\u{E9}") != JSON.string("e\u{301}"))
    }

    @Test func doublesAgreeWithTheStandardLibrary() throws {
        var state: UInt64 = 1
        for _ in 0..<2000 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let value = Double(bitPattern: state)
            guard value.isFinite else { continue }
            #expect(try JSON.parse(JSON.number(value).serialized()).double == value)
        }
    }

    @Test(.enabled(if: Shared.exists, "needs ../shared"))
    func readsLargeFilesFast() throws {
        let bytes = try [UInt8](Data(contentsOf: URL(filePath: Shared.path("tokenizers/gpt2/tokenizer.json"))))
        let clock = ContinuousClock()
        var vocabulary = 0
        let time = try clock.measure { vocabulary = try JSON.parse(bytes)["model"]?["vocab"]?.object?.count ?? 0 }
        #expect(vocabulary == 50257)
        // Tens of megabytes a second when nothing else runs; the bound only catches a quadratic mistake.
        #expect(time < .seconds(20), "\(bytes.count) bytes took \(time)")
    }
}
