import JSONLines
import Testing

@testable import Reports

@Suite struct OtherFormatsTests {
    @Test func markdownKeepsTextsAsTexts() {
        let markdown = SampleReport.value.markdown
        let lines = markdown.split(separator: "\n").map(String.init)
        #expect(lines[0].hasPrefix("# \\<script\\>alert"))
        #expect(lines.contains("| policy | \(lines[0].dropFirst(2)) | average |"))
        #expect(lines.contains("| --- | ---: | ---: |"))
        #expect(lines.contains("| SFT | – | 0.2500 |"))
        #expect(lines.contains { $0.hasSuffix("| 7 | 0.5000 (0.4000 to 0.6000) |") })
        // A fence is longer than any in the text.
        #expect(lines.contains("````") && lines.contains("**SFT**, reward 0.1250") && lines.contains("(no answer)"))
        #expect(lines.contains("| 0.00 | 0.25 | 2 |"))
        #expect(!markdown.contains("Nothing to say"))
    }

    @Test func jsonHasNumbersInFull() throws {
        let json = try JSON.parse(SampleReport.value.json.pretty)
        #expect(json["title"]?.string == SampleReport.hostile)
        #expect(json["facts"]?[0] == ["name": "digest", "value": "3f8f"])
        #expect(json["sections"]?.array?.count == 1)
        let blocks = try #require(json["sections"]?[0]?["blocks"]?.array)
        #expect(blocks.map { $0["kind"]?.string } == ["table", "lines", "histograms", "excerpt", "listing"])
        #expect(
            blocks[0]["rows"]?[0]?[2] == [
                "mean": 0.5, "interval": ["lower": 0.4, "upper": 0.6, "level": 0.95],
            ])
        #expect(blocks[0]["rows"]?[1]?[1] == .null)
        #expect(blocks[1]["series"]?[0]?["points"]?[1] == ["step": 1, "value": 0.75, "interval": .null])
        #expect(blocks[2]["panels"]?[0]?["counts"] == [2, 0, 1, 1])
        #expect(blocks[3]["texts"]?[1]?["reward"] == 0.125 && blocks[3]["texts"]?[1]?["answer"] == .null)
    }
}
