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

    /// Commands that print for people.
    private static let printing = [
        "config reference", "config schema", "simulate --list", "simulate --seed 1", "--help",
    ]

    @Test(.enabled(if: Binary.hasFullDevice, "needs /dev/full"), arguments: printing)
    func whatIsForPeopleNeedsRoomToo(arguments: String) async throws {
        let outcome = try await Binary.shell("\"$REPRISE\" \(arguments) > /dev/full")
        outcome.refused(73, "Standard output cannot be written")
    }

    @Test(arguments: printing) func itsReaderMayGoAway(arguments: String) async throws {
        let outcome = try await Binary.shell("(trap '' PIPE; sleep 0.2; \"$REPRISE\" \(arguments); echo $? >&2) | true")
        #expect(outcome.error == "141\n")
    }
}
