import Foundation
import Testing

/// `reprise data check`, and the script that turns the public release into a data directory.
@Suite struct DataCommandTests {
    private let folder: Folder

    init() throws { folder = try Folder() }

    private static let script = URL(filePath: #filePath).appending(path: "../../../../cluster/python/longlamp.py")
        .standardized.path
    private static let python = ["/usr/bin/python3", "/usr/local/bin/python3"].first {
        FileManager.default.isExecutableFile(atPath: $0)
    }

    private let row = #"{"author":"u","input":"i","output":"o","profile":[{"summary":"s","content":"c"}]}"#

    @Test func aCorpusOfOursIsSound() async throws {
        let runs = try await TinyRuns.shared.value
        let outcome = try await Binary.run(["data", "check", runs.path + "/data"])
        #expect(outcome.status == 0, "\(outcome.error)")
        #expect(outcome.lines.count { $0.contains(" rows of ") } == 12)
    }

    @Test func wrongLinesAreNamedAndTheStatusSaysSo() async throws {
        _ = try folder.write(row + "\n{}\n[1]\n", to: "topic_writing_train.jsonl")
        _ = try folder.write("x", to: "topic_writing_dev.jsonl")
        let outcome = try await Binary.run(["data", "check", folder.path])
        outcome.refused(65, "2 rows cannot be used")
        #expect(outcome.lines.contains { $0.contains("topic_writing_train.jsonl:2: field \"input\"") })
        #expect(outcome.lines.contains { $0.contains("topic_writing_train.jsonl:3: the row is not a JSON object") })
        #expect(outcome.lines.contains { $0.hasPrefix("note: topic_writing_dev.jsonl is not read") })
        try await Binary.run(["data", "check", folder("none")]).refused(66, "does not exist")
    }

    @Test(.enabled(if: python != nil, "needs python3"))
    func theReleaseBecomesADataDirectory() async throws {
        let python = try #require(Self.python)
        let release = folder("release/topic_writing_user")
        try FileManager.default.createDirectory(atPath: release, withIntermediateDirectories: true)
        _ = try folder.write(row + "\n" + row + "\n", to: "release/topic_writing_user/train.jsonl")
        _ = try folder.write("[\(row)]", to: "release/topic_writing_user/validation.json")
        let command = "\(python) \(Self.script) \(folder("release")) -o \(folder("data"))"
        let made = try await Binary.shell("\(command) && \"$REPRISE\" data check \(folder("data"))")
        #expect(made.status == 0, "\(made.error)")
        #expect(
            made.lines.prefix(2).map { $0.split(separator: "/").last } == [
                "topic_writing_train.jsonl.gz: 2 rows", "topic_writing_val.jsonl.gz: 1 rows",
            ])
        let bytes = try folder.bytes("data/topic_writing_train.jsonl.gz")
        // A bad row leaves what was there before.
        _ = try folder.write(row + "\n{bad\n", to: "release/topic_writing_user/train.jsonl")
        let bad = try await Binary.shell(command)
        #expect(bad.status != 0 && bad.error.contains("train.jsonl:2: not JSON"), "\(bad.error)")
        #expect(try folder.bytes("data/topic_writing_train.jsonl.gz") == bytes)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder("data")).count == 2)
    }
}
