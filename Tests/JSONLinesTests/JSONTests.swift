import JSONLines
import Testing

@Suite struct JSONTests {
    let value: JSON = ["n": 3, "x": 1.5, "t": true, "s": "hi", "l": [1, "two"], "o": ["k": .null]]

    @Test func accessors() {
        #expect(value["n"]?.integer == 3)
        #expect(value["n"]?.double == 3)
        #expect(value["x"]?.double == 1.5)
        #expect(value["x"]?.integer == nil)
        #expect(value["t"]?.bool == true)
        #expect(value["s"]?.string == "hi")
        #expect(value["l"]?[1]?.string == "two")
        #expect(value["l"]?.array?.count == 2)
        #expect(value["o"]?["k"] == .null)
    }

    @Test func wrongKindsGiveNil() {
        #expect(value["missing"] == nil)
        #expect(value["s"]?["k"] == nil)
        #expect(value["l"]?[2] == nil)
        #expect(value["l"]?[-1] == nil)
        #expect(value[0] == nil)
        #expect(value["s"]?.double == nil)
        #expect(value["n"]?.string == nil)
        #expect(value["n"]?.bool == nil)
        #expect(value["n"]?.array == nil)
        #expect(value["n"]?.object == nil)
    }
}
