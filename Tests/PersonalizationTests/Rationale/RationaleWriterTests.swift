import Testing

@testable import Personalization

@Suite struct RationaleWriterTests {
    let writer = RationaleWriter(
        model: nil, temperature: 0.7, topP: 0.9, maxNewTokens: 64, attempts: 3, leak: LeakCheck(words: 2, share: 0),
        marker: "Answer:")

    private func requests(_ references: [String]) -> [RationaleWriter.Request] {
        references.map { RationaleWriter.Request(instruction: "sum up", reference: $0, known: "good old days") }
    }

    @Test func rejectedPathsAreDrawnAnewAndCounted() {
        var rounds: [[Int]] = []
        let texts = [
            ["- old days", "- red fox", " \n", "- short\nAnswer: x"], ["- a red fox", "- plain", "- Answer:"],
            ["- red fox again", "- last"],
        ]
        let written = writer.write(requests(["good old days", "the red fox", "c d", "e f"])) { places, attempt in
            rounds.append(places)
            return texts[attempt]
        }
        #expect(rounds == [[0, 1, 2, 3], [1, 2, 3], [1, 3]])
        #expect(written.map(\.path) == ["- old days", nil, "- plain", "- last"])
        #expect(written.map(\.leaks) == [0, 3, 0, 0])
        #expect(written.map(\.unusable) == [0, 0, 1, 2])
    }

    @Test func failuresOfTheModelAreThrownOn() {
        struct Broken: Error {}
        #expect(throws: Broken.self) {
            try writer.write(requests(["a"])) { _, _ throws(Broken) in throw Broken() }
        }
    }

    @Test func settingsComeBackFromTheirText() throws {
        #expect(try RationaleWriter(json: writer.json) == writer)
        var other = writer
        other.model = "a \"model\""
        #expect(try RationaleWriter(json: other.json) == other)
        #expect(
            writer.json
                == #"{"attempts":3,"leakShare":0.0,"leakWords":2,"marker":"Answer:","maxNewTokens":64,"model":null,"#
                + #""temperature":0.7,"topP":0.9}"#)
        #expect(throws: RationaleWriterError.self) { try RationaleWriter(json: "{}") }
        #expect(throws: RationaleWriterError.self) { try RationaleWriter(json: "no") }
    }

    @Test func theInstructionShowsEverythingAndEndsTheLine() {
        let documents = [Document(title: "First", text: "I like it."), Document(title: "", text: "Again.")]
        let compact = RationaleInstruction(wording: .compact)
        #expect(
            compact.text(input: "Write!", reference: "The end.", documents: documents)
                == "# First\nI like it.\n# Again.\n> Write!\nThe end.\nHabits:\n")
        let full = RationaleInstruction(wording: .standard)
        let text = full.text(input: "Write!", reference: "The end.", documents: documents)
        for part in ["First\nI like it.\n\nAgain.", "Write!", "The end."] { #expect(text.contains(part)) }
        #expect(text.hasSuffix("nothing else.\n"))
        #expect(
            RationaleInstruction.known(input: "Write!", documents: documents) == "Write!\n\nFirst\nI like it.\n\nAgain."
        )
    }
}
