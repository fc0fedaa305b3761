import JSONLines
import Testing

@Suite struct JSONWriterTests {
    @Test(
        arguments: [
            (.null, "null"), (true, "true"), (-5, "-5"), (1.0, "1.0"), (0.1, "0.1"), (-0.0, "-0.0"), (1e300, "1e+300"),
            (.number(.nan), "null"), (.number(-.infinity), "null"), ([], "[]"), ([:], "{}"),
            (["b": [1, 2.5, "x"], "a": ["c": .null]], #"{"b":[1,2.5,"x"],"a":{"c":null}}"#),
            ("\"\\/\u{8}\u{C}\n\r\t\u{1}\u{1F}\u{7F}é😀", #""\"\\/\b\f\n\r\t\u0001\u001f"# + "\u{7F}é😀\""),
        ] as [(JSON, String)])
    func writes(value: JSON, text: String) {
        #expect(value.serialized() == text)
    }

    @Test func whatIsWrittenReadsBack() throws {
        let value: JSON = ["k\n\"": [0.1, 2.5e-308, 1.7976931348623157e308, -0.0, .integer(.min), "\0", [:], [[]]]]
        #expect(try JSON.parse(value.serialized()) == value)
        #expect(try JSON.parse(value.pretty) == value)
    }

    @Test func prettyText() {
        let value: JSON = ["a": [1, 2], "b": [:], "c": ["d": "e"]]
        #expect(
            value.pretty == """
                {
                  "a": [
                    1,
                    2
                  ],
                  "b": {},
                  "c": {
                    "d": "e"
                  }
                }
                """)
    }
}
