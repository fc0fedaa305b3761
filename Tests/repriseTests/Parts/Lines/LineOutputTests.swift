import Testing

@Suite struct LineOutputTests {
    private let folder: Folder
    private let command: String

    init() throws {
        folder = try Folder()
        try TinyModel.save(folder("model"))
        let rows = String(repeating: #"{"text": "the cat sat on the mat"}"# + "\n", count: 5000)
        command = "\"$REPRISE\" tokenize --model \(folder("model")) \(try folder.write(rows, to: "rows.jsonl"))"
    }

    @Test func aReaderThatGoesAwayIsNoError() async throws {
        let outcome = try await Binary.shell("\(command) | head -n 1")
        #expect(outcome.status == 0)
        #expect(outcome.lines.count == 1)
        #expect(outcome.error.isEmpty)
    }

    @Test func norWhenThePipeSignalIsIgnored() async throws {
        let outcome = try await Binary.shell("(trap '' PIPE; \(command); echo $? >&2) | head -n 1")
        #expect(outcome.lines.count == 1)
        #expect(outcome.error == "141\n")
    }

    @Test(.enabled(if: Binary.hasFullDevice, "needs /dev/full")) func aFullDiskIsOne() async throws {
        let outcome = try await Binary.shell("\(command) > /dev/full")
        outcome.refused(73, "Standard output")
    }
}
