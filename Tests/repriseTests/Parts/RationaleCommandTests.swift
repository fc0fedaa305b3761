import FakeEndpoint
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

    private func row(_ input: String, output: String) -> String {
        Row.topic(input, ["the sea at night", "rain on the roof"]).dropLast() + #","output":"\#(output)"}"#
    }

    @Test func anEndpointWritesAndCopiesAreRejected() async throws {
        let server = try await FakeEndpoint { call in
            call.prompt.contains("quick brown fox")
                ? .text("- mentions the quick brown fox jumps") : .text("- likes rain\n")
        }
        let input = row("a", output: "The quick brown fox jumps.") + "\n" + row("b", output: "Something else.")
        let arguments = ["rationale", "--source", "endpoint", "--url", server.url, "--model", "m", "--attempts", "2"]
        let outcome = try await Binary.run(arguments, input: input)
        #expect(outcome.status == 0, "\(outcome.error)")
        let lines = try outcome.json()
        #expect(lines.map { $0["rationale"] } == [.null, "- likes rain"])
        #expect(lines.map { $0["leaks"] } == [2, 0])
        #expect(outcome.error.contains("m: 3 answers"))
        #expect(server.calls.allSatisfy { $0.prompt.contains("the sea at night") && $0.path == "/v1/chat/completions" })
        let gone = try await FakeEndpoint { _ in .raw(status: 404, body: "no such model") }
        try await Binary.run(
            ["rationale", "--source", "endpoint", "--url", gone.url, "--model", "m"], input: input
        ).refused(69, "no such model", "url and model")
    }

    @Test func aCheckpointWritesTheSameEachTime() async throws {
        let folder = try Folder()
        try TinyModel.save(folder("model"), context: 2048)
        let input = row("a", output: "One thing.") + "\n" + row("b", output: "Another thing.")
        let arguments = [
            "rationale", "--source", "checkpoint", "--model", folder("model"), "--max-new-tokens", "8", "--wording",
            "compact",
        ]
        let outcome = try await Binary.run(arguments, input: input)
        #expect(outcome.status == 0, "\(outcome.error)")
        let paths = try outcome.json().map { $0["rationale"]?.string }
        #expect(Set(paths).count == 2)
        #expect(try await Binary.run(arguments, input: input).output == outcome.output)
        #expect(try await Binary.run(arguments + ["--seed", "1"], input: input).output != outcome.output)
        // Without an output there is nothing to write from.
        try await Binary.run(arguments, input: Row.topic("a", ["b"])).refused(65, "line 1", "output")
    }

    @Test func whatGoesTogetherIsChecked() async throws {
        for (arguments, words) in [
            (["--source", "checkpoint"], "--model"), (["--source", "endpoint", "--model", "m"], "--url"),
            (["--url", "http://x"], "--source"), (["--source", "profile", "--model", "m"], "--source"),
        ] {
            let outcome = try await Binary.run(["rationale"] + arguments)
            #expect(outcome.status == 64 && outcome.error.contains(words), "\(outcome.error)")
        }
    }

    @Test func badInputIsNamed() async throws {
        let row = Row.topic("x", ["a b c"])
        try await Binary.run(["rationale"], input: row + "\n" + row + "\n{").refused(65, "line 3")
        try await Binary.run(["rationale"], input: #"{"author": "u", "profile": []}"#).refused(65, "\"input\"")
        try await Binary.run(["rationale", "none"]).refused(66, "none")
        #expect(try await Binary.run(["rationale", "--source", "oracle"], input: row).status == 64)
    }
}
