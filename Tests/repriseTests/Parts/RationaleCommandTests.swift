import JSONLines
import Testing

@Suite struct RationaleCommandTests {
    @Test func theProfileIsSummedUp() async throws {
        let texts = ["blue sky", "red soil", "green sea"].map {
            "Well then folks. I like the \($0). Cheers to you all."
        }
        let outcome = try await Binary.run(
            ["rationale", "--source", "profile"], input: Row.topic("Write on", texts))
        #expect(outcome.status == 0, "\(outcome.error)")
        let rationale = try #require(try outcome.json()[0]["rationale"]?.string)
        #expect(rationale.contains("- opening: Well then folks"))
        #expect(rationale.contains("- closing: Cheers to you all"))
        #expect(rationale.contains("- length: 3 sentences"))
    }

    @Test func badInputIsNamed() async throws {
        let row = Row.topic("x", ["a b c"])
        try await Binary.run(["rationale"], input: row + "\n" + row + "\n{").refused(65, "line 3")
        try await Binary.run(["rationale"], input: #"{"author": "u", "profile": []}"#).refused(65, "\"input\"")
        try await Binary.run(["rationale", "none"]).refused(66, "none")
        #expect(try await Binary.run(["rationale", "--source", "oracle"], input: row).status == 64)
    }
}
