import Files
import Foundation
import JSONLines
import Testing

@testable import Personalization

@Suite struct DataSetTests {
    /// A directory of its own with these files, removed at the end.
    private func withFiles(_ files: [String: String], _ body: (DataSet) throws -> Void) throws {
        let directory = FileManager.default.temporaryDirectory.appending(path: "reprise-\(UUID().uuidString)").path()
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: directory) }
        for (name, text) in files { try FileReplacement.write(Array(text.utf8), to: directory + "/" + name) }
        try body(DataSet(directory: directory))
    }

    private let row =
        #"{"author":"u","input":" Write: t ","output":"y\n","profile":[{"summary":"s","content":"c","year":7}],"x":1}"#

    /// The error's sentence without the directory.
    private func problem(_ files: [String: String], _ options: LoadOptions = LoadOptions()) throws -> String {
        var sentence = "no error"
        try withFiles(files) { data in
            do { _ = try data.load(.train, options) } catch {
                sentence = "\(error)".replacingOccurrences(of: data.directory + "/", with: "")
                    .replacingOccurrences(of: data.directory, with: "DIR")
            }
        }
        return sentence
    }

    @Test func rowsBecomeExamples() throws {
        try withFiles(["topic_writing_train.jsonl": row + "\n\n" + row + "\n"]) { data in
            let (examples, summary) = try data.load(.train, LoadOptions(keepsRows: true))
            #expect(examples.count == 2)
            #expect(examples[0].input == "Write: t" && examples[0].output == "y" && examples[0].user == "u")
            #expect(examples[0].profile[0].title == "s" && examples[0].profile[0].text == "c")
            #expect(examples[0].row["x"] == 1 && examples[0].profile[0].fields["year"] == 7)
            #expect(examples[0].id.count == 12 && examples[1].id == examples[0].id + "#2")
            #expect(summary.lines == ["topic_writing: 2 rows, 2 kept, 1 repeated ids made unique"])
            #expect(summary.files[0].derivedIDs == 2)
            let forgetful = try data.load(.train).examples
            #expect(forgetful[0].row.isEmpty && forgetful[0].profile[0].fields.isEmpty)
        }
    }

    @Test func reviewsHaveRatingsAndDescriptions() throws {
        let review = """
            {"reviewerId":"r","input":"i","output":"o","profile":[{"overall":"4.0","description":["a","b"],"summary":"s",\
            "reviewText":"t"},{"overall":2,"summary":"s"}]}
            """
        try withFiles(["product_review_val.jsonl": review]) { data in
            let profile = try data.load(.validation).examples[0].profile
            #expect(profile.map(\.rating) == [4, 2])
            #expect(profile[0].searchText == "s a b t")
            #expect(profile[1].text.isEmpty)
            let summary = try data.load(.validation).summary
            #expect(summary.files[0].emptyDocuments == 1)
        }
    }

    @Test(arguments: [
        ("email_completion_validation_outputs.jsonl", #"{"id":"7","output":"there"}"#),
        ("email_completion_val_outputs.json", #"{"golds":[{"id":7,"output":"there"}]}"#),
    ])
    func outputsMayLieBeside(name: String, outputs: String) throws {
        let email = #"{"id":7,"user_id":"u","input":"i","profile":[{"title":"t","text":"x"}]}"#
        try withFiles(["email_completion_validation.jsonl": email, name: outputs]) { data in
            let outputs = try data.load(.validation).examples.map(\.output)
            #expect(outputs == ["there"])
        }
    }

    @Test func emptyProfilesAreRefusedSkippedOrAllowed() throws {
        let files = ["topic_writing_train.jsonl": row + "\n" + #"{"author":"u","input":"i","output":"o","profile":[]}"#]
        #expect(
            try problem(files) == "topic_writing_train.jsonl:2: field \"profile\": the profile is empty; "
                + "set emptyProfile to skip or allow to go on without it")
        try withFiles(files) { data in
            let skipped = try data.load(.train, LoadOptions(emptyProfile: .skip)).summary
            #expect(skipped.lines == ["topic_writing: 2 rows, 1 kept, 1 skipped: empty profile"])
            let allowed = try data.load(.train, LoadOptions(emptyProfile: .allow)).examples
            #expect(allowed.count == 2)
        }
    }

    @Test(arguments: [
        (#"{"author":"u","input":"i","profile":[]}"#, #"field "output": the row has no output"#),
        (#"{"author":"u","input":"i","output":"","profile":[]}"#, #"field "output": the text is empty"#),
        (#"{"author":"u","input":3,"output":"o","profile":[]}"#, #"field "input": the value is not text"#),
        (#"{"author":"u","output":"o","profile":[]}"#, #"field "input": the row has no input"#),
        (#"{"author":"u","input":"i","output":"o"}"#, #"field "profile": the row has no profile"#),
        (#"{"author":"u","input":"i","output":"o","profile":{}}"#, #"field "profile": the profile is not an array"#),
        (
            #"{"author":"u","input":"i","output":"o","profile":[3]}"#,
            #"field "profile[0]": the item is not a JSON object"#
        ),
        (
            #"{"author":"u","input":"i","output":"o","profile":[{"abstract":"a"}]}"#,
            #"field "profile[0].content": the item has neither content nor summary; is this topic_writing data?"#
        ),
        (#"[1]"#, "the row is not a JSON object"),
    ])
    func badRowsAreNamed(text: String, sentence: String) throws {
        let files = ["topic_writing_train.jsonl": row + "\n" + text + "\n"]
        let found = try problem(files)
        #expect(found.hasPrefix("topic_writing_train.jsonl:2: "))
        #expect(found.hasSuffix(sentence))
    }

    @Test func twoFilesThatCouldBeMeantAreRefused() throws {
        let two = ["topic_writing_train.jsonl": row, "topic_writing_train.jsonl.gz": row]
        #expect(
            try problem(two)
                == "topic_writing_train.jsonl: topic_writing_train.jsonl.gz could be meant as well: remove one of the two"
        )
        try withFiles(["topic_writing_val.jsonl": row, "topic_writing_validation.jsonl": row]) { data in
            #expect(throws: DataError.self) { _ = try data.check() }
        }
    }

    @Test func missingFilesAndTextThatIsNotJSONAreNamed() throws {
        #expect(try problem(["topic_writing_train.jsonl": "{\n"]).contains("topic_writing_train.jsonl, line 1"))
        #expect(try problem(["topic_writing_train.jsonl": "\n"]) == "topic_writing_train.jsonl: the file holds no rows")
        #expect(
            try problem(["x": ""]).hasPrefix(
                "DIR: there is no <task>_train.jsonl or .jsonl.gz; tasks are product_review"))
        #expect(
            try problem(["x": ""], LoadOptions(tasks: [.topicWriting]))
                == "DIR: there is no topic_writing_train.jsonl or .jsonl.gz")
        #expect(throws: FileError(path: "/nowhere", "/nowhere: the data directory does not exist")) {
            _ = try DataSet(directory: "/nowhere").load(.test)
        }
    }

    @Test(.enabled(if: Shared.exists, "needs ../shared"))
    func realDataLoads() throws {
        let data = DataSet(directory: Shared.longlamp)
        let (examples, summary) = try data.load(.train, LoadOptions(limit: 40, choice: .balanced(seed: 1)))
        #expect(examples.count == 40)
        #expect(summary.files.map(\.rows) == [527, 245, 144, 166])
        #expect(summary.files.map(\.kept) == [10, 10, 10, 10])
        #expect(Set(examples.map(\.id)).count == 40)
    }
}
