import RolloutCore
import Testing

@testable import Nodes

@Suite struct WaitReportTests {
    private func at(_ seconds: Int) -> Instant { Instant(sinceStart: .seconds(seconds)) }

    @Test func silenceIsReportedEveryTenSeconds() {
        var report = WaitReport()
        var lines: [Int: String] = [:]
        for second in 0...35 { lines[second] = report.line(isMember: false, downloads: [], at: at(second)) }
        #expect(lines.keys.sorted() == [10, 20, 30])
        #expect(lines[20] == "waiting for an answer of the coordinator for 20 s")
    }

    @Test func downloadsAreNamed() {
        var report = WaitReport()
        let lines = [0, 11].map { report.line(isMember: true, downloads: ["blob a", "blob b"], at: at($0)) }
        #expect(lines == [nil, "waiting for blob a for 11 s"])
    }

    @Test func whoWaitsForNothingSaysNothing() {
        var report = WaitReport()
        let moments = [(0, false), (9, true), (12, false), (21, false), (22, false)]
        let lines = moments.map { report.line(isMember: $0.1, downloads: [], at: at($0.0)) }
        // A new wait, from 12 s on, starts from zero.
        #expect(lines == [nil, nil, nil, nil, "waiting for an answer of the coordinator for 10 s"])
    }
}
