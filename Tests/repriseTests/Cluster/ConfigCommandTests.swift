import Foundation
import JSONLines
import Testing

@Suite struct ConfigCommandTests {
    private var runs: String {
        URL(filePath: #filePath).appending(path: "../../../../cluster/runs").standardizedFileURL.path
    }

    @Test func whatIsShownReadsBackAsItself() async throws {
        let files = ["\(runs)/demo.yaml", "\(runs)/judged.yaml"]
        let shown = try await Binary.run(["config", "show"] + files + ["--set", "iterations=1"])
        #expect(shown.status == 0 && shown.lines.contains("iterations: 1"), "\(shown.error)")
        let folder = try Folder()
        let again = try folder.write(shown.output, to: "again.yaml")
        #expect(try await Binary.run(["config", "show", again]).output == shown.output)
    }

    @Test func everyRunOfAComparisonIsShownAndChecked() async throws {
        let shown = try await Binary.run(["config", "show", "\(runs)/compare.yaml"])
        #expect(shown.lines.count { $0 == "---" } == 11, "four modes, three seeds")
        let checked = try await Binary.run(["config", "check", "\(runs)/compare.yaml"])
        #expect(checked.lines.count == 12 && checked.lines.allSatisfy { $0.hasPrefix("✓ compare  ") })
    }

    @Test func whatIsWrongIsOneSentence() async throws {
        let outcome = try await Binary.run(
            ["config", "check", "\(runs)/demo.yaml", "--set", "sampling.samplesPerPrompts=2"])
        outcome.refused(78, "did you mean sampling.samplesPerPrompt?")
    }

    @Test func theReferenceIsCheckedAndTheSchemaIsJSON() async throws {
        let reference = try await Binary.run(["config", "reference"])
        #expect(reference.lines.contains { $0.hasPrefix("mode: ") })
        let schema = try JSON.parse(try await Binary.run(["config", "schema"]).output)
        #expect(schema["properties"]?["sampling"]?["properties"]?["samplesPerPrompt"]?["type"] == "integer")
    }
}
