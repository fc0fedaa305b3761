import Compression
import Foundation
import JSONLines
import Testing

@Suite struct JSONLinesReaderTests {
    private func withFile<Result>(_ bytes: [UInt8], _ body: (String) throws -> Result) throws -> Result {
        let url = URL(filePath: NSTemporaryDirectory()).appending(path: "\(UUID()).jsonl")
        try Data(bytes).write(to: url)
        defer { try? FileManager.default.removeItem(at: url) }
        return try body(url.path)
    }

    private func lines(_ reader: JSONLinesReader) throws -> [(line: Int, value: JSON)] {
        var reader = reader
        var result: [(line: Int, value: JSON)] = []
        while let next = try reader.next() { result.append(next) }
        return result
    }

    static let text = "{\"a\":1}\n\n  \t\r\n{\"a\":2}\r\n[3]"

    @Test(arguments: [false, true]) func readsPlainAndCompressed(compressed: Bool) throws {
        let bytes = Array(Self.text.utf8)
        let read = try withFile(compressed ? Gzip.compress(bytes) : bytes) { try lines(JSONLinesReader(path: $0)) }
        #expect(read.map(\.line) == [1, 4, 5])
        #expect(read.map(\.value) == [["a": 1], ["a": 2], [3]])
    }

    @Test func anEmptyFileHasNoLines() throws {
        #expect(try withFile([]) { try lines(JSONLinesReader(path: $0)) }.isEmpty)
    }

    @Test func errorsNameFileAndLineAndReadingGoesOn() throws {
        var reader = JSONLinesReader(bytes: Array("1\n{\"a\": }\n3\n".utf8), name: "rows.jsonl")
        #expect(try reader.next()?.value == 1)
        let error = try #require(throws: JSONLinesError.self) { try reader.next() }
        #expect(error.description == "rows.jsonl, line 2, column 7: a value is expected.")
        #expect(try reader.next()?.value == 3)
        #expect(try reader.next() == nil)
    }

    @Test func aValueMayNotSpanLines() throws {
        var reader = JSONLinesReader(bytes: Array("[1,\n2]\n".utf8), name: "x")
        #expect(throws: JSONLinesError.self) { try reader.next() }
    }

    @Test func refusesMissingLargeAndDamagedFiles() throws {
        let missing = #expect(throws: JSONLinesError.self) { try JSONLinesReader(path: "/nonexistent/rows.jsonl") }
        #expect(missing?.description == "/nonexistent/rows.jsonl cannot be opened: No such file or directory.")
        #expect(throws: JSONLinesError.self) { try JSONLinesReader(path: NSTemporaryDirectory()) }
        let bytes = Array(Self.text.utf8)
        for file in [bytes, try Gzip.compress(bytes), Array(try Gzip.compress(bytes).dropLast())] {
            try withFile(file) { path in
                let error = #expect(throws: JSONLinesError.self) {
                    try JSONLinesReader(path: path, limit: bytes.count - 1)
                }
                #expect(error?.description.hasPrefix(path) == true)
            }
        }
    }

    @Test(.enabled(if: Shared.exists, "needs ../shared"))
    func readsRealRows() throws {
        let read = try lines(JSONLinesReader(path: Shared.path("data/longlamp/email_completion_test.jsonl.gz")))
        #expect(!read.isEmpty)
        #expect(read.allSatisfy { $0.value.object?.isEmpty == false })
    }
}
