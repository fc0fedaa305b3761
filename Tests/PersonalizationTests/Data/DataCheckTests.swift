import Files
import Foundation
import Testing

@testable import Personalization

@Suite struct DataCheckTests {
    private func check(_ files: [String: String]) throws -> (lines: [String], ignored: [String], problems: Int) {
        let directory = FileManager.default.temporaryDirectory.appending(path: "reprise-\(UUID().uuidString)").path()
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: directory) }
        for (name, text) in files { try FileReplacement.write(Array(text.utf8), to: directory + "/" + name) }
        let data = DataSet(directory: directory)
        let checks = try data.check()
        return (
            checks.flatMap(\.lines).map { $0.replacingOccurrences(of: directory + "/", with: "") }, data.ignoredFiles,
            checks.reduce(0) { $0 + $1.problemCount }
        )
    }

    private func row(_ user: String, _ input: String, profile: String = #"{"summary":"s","content":"c"}"#) -> String {
        #"{"author":"\#(user)","input":"\#(input)","output":"y","profile":[\#(profile)]}"# + "\n"
    }

    @Test func everyWrongLineIsNamed() throws {
        let text =
            row("a", "1") + "{\"author\": \n" + #"{"author":"a","input":"2","profile":[]}"# + "\n\n[]\n"
            + row("b", "", profile: "") + row("c", "3", profile: #"{"text":"mail"}"#)
        let found = try check(["topic_writing_train.jsonl": text])
        #expect(found.problems == 5)
        #expect(found.lines[0] == "topic_writing_train.jsonl: 6 rows of topic_writing, 1 users")
        for (line, words) in zip(
            found.lines.dropFirst(),
            [
                "topic_writing_train.jsonl, line 2, column", "topic_writing_train.jsonl:3: field \"output\"",
                "topic_writing_train.jsonl:5: the row is not a JSON object",
                "topic_writing_train.jsonl:6: field \"input\": the text is empty",
                "topic_writing_train.jsonl:7: field \"profile[0].content\"",
            ])
        { #expect(line.hasPrefix(words), "\(line)") }
        #expect(found.lines.count == 6)
    }

    @Test func manyProblemsAreCounted() throws {
        let found = try check(["topic_writing_train.jsonl": String(repeating: "{}\n", count: 33)])
        #expect(found.problems == 33 && found.lines.count == 22)
        #expect(found.lines.last == "… and 13 more")
    }

    @Test func whatIsOddIsNoted() throws {
        let found = try check([
            "topic_writing_train.jsonl": row("a", "1") + row("a", "1") + row("b", "2", profile: ""),
            "topic_writing_test.jsonl": row("b", "2") + row("c", "9", profile: #"{"summary":"s"}"#),
            "topic_writing_dev.jsonl": row("a", "1"), "email_completion_val_outputs.jsonl": "", "notes.txt": "",
        ])
        #expect(found.problems == 0)
        #expect(
            found.lines == [
                "topic_writing_train.jsonl: 3 rows of topic_writing, 2 users",
                "note: 1 rows with an empty profile: data.emptyProfile decides what becomes of them (line 3)",
                "note: 1 rows with the id of an earlier row: '#2', '#3' … is appended (line 2)",
                "topic_writing_test.jsonl: 2 rows of topic_writing, 2 users",
                "note: 1 rows with profile items without text: those are never retrieved for their words (line 2)",
                "note: 1 rows that also stand in the training rows: they test nothing (line 1)",
                "note: 1 of its 2 users have training rows as well",
            ])
        #expect(found.ignored == ["topic_writing_dev.jsonl"])
    }

    @Test func anEmptyFileIsAProblem() throws {
        #expect(
            try check(["topic_writing_val.jsonl": "\n"]).lines.last == "topic_writing_val.jsonl: the file holds no rows"
        )
    }
}
