import Testing

@testable import reprise

@Suite struct LiveScreenTests {
    private let lines = (0..<30).map { "line \($0)" }

    @Test func moreLinesThanThereIsRoomForLoseTheirMiddle() {
        let shown = LiveScreen.fitted(lines, columns: 80, rows: 10)
        #expect(shown.count == 9)
        #expect(shown == ["line 0"] + lines.suffix(8))
        #expect(LiveScreen.fitted(lines, columns: 80, rows: 31) == lines)
        #expect(LiveScreen.fitted(lines, columns: 80, rows: .max) == lines)
        #expect(LiveScreen.fitted(lines, columns: 80, rows: 1) == ["line 0", "line 29"])
    }

    @Test func whatIsCutIsMarked() {
        #expect(LiveScreen.fitted(["12345", "123456"], columns: 5, rows: 24) == ["12345", "1234…"])
    }
}
