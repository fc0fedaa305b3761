import Testing

@testable import Configuration

@Suite struct NearestTests {
    @Test(arguments: [
        ("", "", 0), ("abc", "abc", 0), ("abc", "", 3), ("kitten", "sitting", 3), ("topP", "toPp", 1), ("ab", "ba", 1),
        ("retreiver", "retriever", 1),
    ])
    func countsEdits(left: String, right: String, distance: Int) {
        #expect(Nearest.distance(left, right) == distance)
        #expect(Nearest.distance(right, left) == distance)
    }

    @Test func findsTheNearestOrNone() {
        #expect(Nearest.name(to: "tempereture", among: ["topP", "temperature", "topK"]) == "temperature")
        #expect(Nearest.name(to: "TOPK", among: ["topP", "topK"]) == "topK")
        #expect(Nearest.name(to: "xylophone", among: ["topP", "temperature"]) == nil)
        #expect(Nearest.name(to: "x", among: []) == nil)
    }
}
