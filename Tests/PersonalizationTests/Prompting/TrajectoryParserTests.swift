import Testing

@testable import Personalization

@Suite struct TrajectoryParserTests {
    @Test(arguments: [
        ("z\nAnswer:\ny", "z", "y"), ("z\nAnswer: y", "z", "y"), ("z Answer:y", "z", "y"),
        ("Answer:\n\n y \n", "", "y"),
        ("z\nAnswer:\ny\nAnswer:\nw", "z", "y\nAnswer:\nw"), ("z\nAnswer:\n \n", "z", nil),
        ("z\nAnswer", "z\nAnswer", nil),
        ("", "", nil), ("zAnswer: y", "zAnswer: y", nil),
    ])
    func oneWordMarker(text: String, reasoning: String, answer: String?) {
        #expect(
            TrajectoryParser.parse(text, marker: "Answer:") == ParsedTrajectory(reasoning: reasoning, answer: answer))
    }

    @Test func whiteSpaceWithinTheMarkerMayDiffer() {
        let parsed = TrajectoryParser.parse("z\nThe  answer\nis:\ty", marker: "The answer is:")
        #expect(parsed == ParsedTrajectory(reasoning: "z", answer: "y"))
        #expect(TrajectoryParser.parse("Theanswer is: y", marker: "The answer is:").answer == nil)
    }
}
