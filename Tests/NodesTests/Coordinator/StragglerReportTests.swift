import RolloutCore
import Testing

@testable import Nodes

@Suite struct StragglerReportTests {
    private func lease(_ index: UInt32, _ kind: TaskKind = .sample) -> StragglerReport.Lease {
        let task = TaskID(iteration: 1, split: .train, kind: kind, index: index)
        return StragglerReport.Lease(attempt: Attempt(task: task, attempt: 1), node: "a")
    }

    private func said(
        _ leases: [StragglerReport.Lease], isAllLeased: Bool = true, _ seconds: ClosedRange<Int>,
        _ report: inout StragglerReport
    ) -> [Int: [String]] {
        seconds.reduce(into: [:]) { said, second in
            let lines = report.lines(leases, isAllLeased: isAllLeased, at: Instant(sinceStart: .seconds(second)))
            if !lines.isEmpty { said[second] = lines }
        }
    }

    @Test func theLastTasksAreNamed() {
        var report = StragglerReport()
        let said = said([lease(7)], 0...75, &report)
        #expect(said.keys.sorted() == [10, 40, 70])
        #expect(said[40] == ["waiting for \(lease(7).attempt), held by a for 40 s"])
    }

    @Test func whileOthersWaitNobodyIsAStraggler() {
        var report = StragglerReport()
        #expect(said([lease(7)], isAllLeased: false, 0...30, &report).isEmpty)
        #expect(said((0..<4).map { lease($0) }, 31...60, &report).isEmpty)
        #expect(said([lease(0, .train)], 61...90, &report).isEmpty)
        // Held from now on, as far as is known.
        #expect(said([lease(0)], 91...100, &report).isEmpty)
        #expect(said([lease(0)], 101...101, &report).keys.sorted() == [101])
    }
}
