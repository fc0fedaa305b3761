import Testing

@testable import Configuration

/// `modes` and `run.seeds`: several runs in one configuration.
@Suite struct SeveralRunsTests {
    private func reader(_ yaml: String, set assignments: [String] = []) throws -> ConfigurationReader {
        var reader = ConfigurationReader()
        try reader.add(yaml: "data: {directory: corpus}\nmodel: {base: base}\n", file: "/required.yaml")
        try reader.add(yaml: yaml, file: "/here/a.yaml")
        for assignment in assignments { try reader.add(assignment: assignment) }
        return reader
    }

    @Test func everyModeRunsWithEverySeed() throws {
        let all = try reader("modes: [sft, rest-pg]\nrun: {seeds: [3, 4]}\niterations: 2\n").configurations()
        #expect(all.map(\.run.mode) == [.sft, .sft, .restPG, .restPG])
        #expect(all.map(\.run.seed) == [3, 4, 3, 4])
        #expect(all.map(\.run.iterations) == [0, 0, 2, 2])
        #expect(all.allSatisfy { $0.run.modes.isEmpty && $0.run.seeds.isEmpty })
    }

    /// Each is what a configuration with that mode alone gives.
    @Test func everyRunIsThatOfItsModeAlone() throws {
        let yaml = "selection: {cap: 3}\ntraining: {epochs: 2}\n"
        let all = try reader("modes: [zeroshot, rest-em]\n" + yaml).configurations()
        #expect(all == [try read("mode: zeroshot\n"), try read("mode: rest-em\n" + yaml)])
        #expect(all[1].learningDigest == (try read("mode: rest-em\n" + yaml)).learningDigest)
        let again = try reader("mode: sft\n").configurations()
        #expect(again == [try read("mode: sft\n")])
    }

    @Test func oneRunTakesNeither() throws {
        #expect(
            sentence("modes: [sft, rest-pg]\n")
                == "/here/a.yaml:1:1: modes is for several runs: give it to reprise compare, or choose one with --set mode=…."
        )
        #expect(sentence("run: {seeds: 3}\n").contains("--set run.seed=…"))
        #expect(try read("modes: [sft, rest-pg]\nrun: {seeds: [1, 2]}\n", set: "mode=sft", "run.seed=9").run.seed == 9)
    }

    @Test func whatDoesNothingInAnyModeIsRefused() throws {
        let error = #expect(throws: ConfigurationError.self) {
            try reader("modes: [sft, zeroshot]\nselection: {cap: 2}\n").configurations()
        }
        #expect(error?.description == "/here/a.yaml:2:13: selection.cap does nothing in any of the modes: remove it.")
        #expect(try reader("selection: {cap: 2}\n", set: ["modes=[sft, zeroshot]"]).configurations().count == 2)
    }

    @Test func modeAndModesExcludeEachOther() {
        #expect(sentence("mode: sft\nmodes: [sft]\n").contains("modes and mode exclude each other"))
        #expect(sentence("modes: [sft, sft]\n").contains("given twice"))
    }
}
