import RolloutCore
import Testing
import Transport

@testable import Nodes

struct ConnectionReportTests {
    private func at(_ seconds: Int) -> Instant { Instant(sinceStart: .seconds(seconds)) }

    @Test("Connections that fail are said at once, and again after ten seconds if more do")
    func lines() {
        var report = ConnectionReport()
        var said = report.report(on: [:], at: at(0))
        #expect(said == nil)
        said = report.report(on: [.unfinished: 2], at: at(1))
        guard case .line(let line) = said else { Issue.record("\(String(describing: said))"); return }
        #expect(line.hasPrefix("2 connections came to nothing: "))
        for (count, second, isSaid) in [(2, 20, false), (3, 21, true), (4, 30, false), (4, 31, true), (4, 60, false)] {
            said = report.report(on: [.unfinished: count], at: at(second))
            #expect((said != nil) == isSaid, "\(second)")
        }
    }

    @Test(
        "A refusal that trying again does not change ends the node",
        arguments: [
            ConnectionRefusal.unauthorized, .otherMechanism,
        ])
    func final(reason: ConnectionRefusal) {
        var report = ConnectionReport()
        let said = report.report(on: [.unfinished: 1, reason: 1], at: at(0))
        #expect(said == .end(reason.atNode.explanation))
    }
}
