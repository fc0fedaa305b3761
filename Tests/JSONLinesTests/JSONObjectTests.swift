import JSONLines
import Testing

@Suite struct JSONObjectTests {
    @Test func keepsOrder() throws {
        var object: JSONObject = ["z": 1, "a": 2]
        object["m"] = 3
        object["z"] = 4
        #expect(object.keys == ["z", "a", "m"])
        #expect(object.values == [4, 2, 3])
        object["a"] = nil
        #expect(object.keys == ["z", "m"])
        #expect(object["a"] == nil)
        #expect(object.map(\.key) == object.keys)
    }

    @Test func theLastDuplicateWins() throws {
        let object = try #require(try JSON.parse(#"{"a": 1, "b": 2, "a": 3}"#).object)
        #expect(object == ["a": 3, "b": 2])
    }

    /// Past a dozen keys an index answers: every operation must agree with a plain list of pairs.
    @Test func manyKeys() {
        var object = JSONObject()
        for number in 0..<100 { object["k\(number)"] = .integer(Int64(number)) }
        for number in stride(from: 0, to: 100, by: 3) { object["k\(number)"] = nil }
        object["k1"] = "one"
        let left = (0..<100).filter { $0 % 3 != 0 }
        #expect(object.keys == left.map { "k\($0)" })
        for number in left.dropFirst() { #expect(object["k\(number)"] == .integer(Int64(number))) }
        #expect(object["k1"] == "one")
        #expect(object["k0"] == nil)
        for number in left.dropFirst(5) { object["k\(number)"] = nil }
        #expect(object.keys == left.prefix(5).map { "k\($0)" })
        #expect(object["k4"] == 4)
        #expect(object["k98"] == nil)
    }

    @Test func orderMattersForEquality() {
        #expect(["a": 1, "b": 2] as JSONObject != ["b": 2, "a": 1])
    }
}
