import JSONLines
import Testing

@Suite struct LineFilterTests {
    @Test func everyLineIsThereInOrderAcrossBlocks() async throws {
        let input = (0..<1000).map { #"{"n": \#($0), "prediction": "a b \#($0)", "reference": "a c \#($0)"}"# }
        let outcome = try await Binary.run(["reward"], input: input.joined(separator: "\n"))
        #expect(try outcome.json().map { $0["n"]?.integer } == Array(0..<1000))
    }

    @Test func linesUpToABadOneAreWrittenFromAnyBlock() async throws {
        for bad in [1, 64, 65, 130] {
            var input = [String](repeating: #"{"prediction": "a", "reference": "a"}"#, count: 200)
            input[bad - 1] = #"{"prediction": 1, "reference": "a"}"#
            let outcome = try await Binary.run(["reward"], input: input.joined(separator: "\n"))
            outcome.refused(65, "line \(bad):")
            #expect(outcome.lines.count == bad - 1)
        }
    }

    @Test func anEmptyInputGivesAnEmptyOutput() async throws {
        for input in ["", "\n", "\n \n"] {
            let outcome = try await Binary.run(["reward"], input: input)
            #expect(outcome.status == 0 && outcome.output.isEmpty && outcome.error.isEmpty)
        }
    }
}
