import JSONLines
import Testing

@testable import Personalization

@Suite struct RowReaderTests {
    @Test(arguments: [
        (#"{"profile":[{"overall":1,"description":"","summary":"","reviewText":""}]}"#, WritingTask.productReview),
        (#"{"profile":[{"title":"","abstract":""}]}"#, .abstractGeneration),
        (#"{"profile":[{"summary":"","content":""}]}"#, .topicWriting),
        (#"{"task":"commit_writing","profile":[{"summary":"","content":""}]}"#, .commitWriting),
        (#"{"profile":[{"title":"","text":""}]}"#, .emailCompletion),
        (#"{"user_id":"u","profile":[]}"#, .emailCompletion),
    ])
    func theTaskIsToldByTheFields(row: String, task: WritingTask) throws {
        let object = try #require(try JSON.parse(row).object)
        #expect(RowReader.task(of: object) == task)
    }

    @Test func foreignRowsHaveNoTask() throws {
        let object = try #require(try JSON.parse(#"{"profile":[{"a":1}],"task":"poetry"}"#).object)
        #expect(RowReader.task(of: object) == nil)
    }

    @Test func rowsWithoutReferenceAreReadWhereNoneIsNeeded() throws {
        let reader = RowReader(file: "-", task: .topicWriting, needsOutput: false)
        let (example, derived) = try reader.example(
            from: ["input": "i", "profile": [["summary": "s", "content": .null]]], line: 3)
        #expect(derived && example.output.isEmpty && example.profile[0].text.isEmpty)
    }
}
