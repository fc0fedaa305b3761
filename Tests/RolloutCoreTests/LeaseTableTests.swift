import Testing

@testable import RolloutCore

@Suite struct LeaseTableTests {
    let node = Incarnation(rawValue: 1)
    let start = Instant(sinceStart: .zero)

    func attempt(_ index: UInt32) -> Attempt {
        Attempt(task: TaskID(iteration: 1, split: .train, kind: .sample, index: index), attempt: 1)
    }

    func at(_ seconds: Int) -> Instant { Instant(sinceStart: .seconds(seconds)) }

    @Test func aReportRenewsOnlyWhatItLists() {
        var leases = LeaseTable()
        leases.grant(attempt(0), to: node, at: at(0), for: .seconds(10))
        leases.grant(attempt(1), to: node, at: at(0), for: .seconds(10))
        #expect(leases.report([attempt(0)], by: node, until: at(15)) == LeaseTable.Report())
        #expect(leases.expired(of: node, at: at(10)).map(\.attempt) == [attempt(1)])
        #expect(leases.expired(of: node, at: at(14)).isEmpty)
        #expect(leases.expired(of: node, at: at(15)).map(\.attempt) == [attempt(0)])
    }

    @Test func twoReportsWithoutALeaseGiveItUp() {
        var leases = LeaseTable()
        leases.grant(attempt(0), to: node, at: at(0), for: .seconds(10))
        #expect(leases.report([], by: node, until: at(11)).missing.isEmpty)
        #expect(leases.report([], by: node, until: at(12)).missing.map(\.attempt) == [attempt(0)])
        #expect(leases.of(node).isEmpty)
    }

    @Test func aListedLeaseStartsCountingAnew() {
        var leases = LeaseTable()
        leases.grant(attempt(0), to: node, at: at(0), for: .seconds(10))
        _ = leases.report([], by: node, until: at(11))
        _ = leases.report([attempt(0)], by: node, until: at(12))
        #expect(leases.report([], by: node, until: at(13)).missing.isEmpty)
    }

    @Test func whatIsNoLeaseIsAStray() {
        var leases = LeaseTable()
        leases.grant(attempt(0), to: node, at: at(0), for: .seconds(10))
        let report = leases.report([attempt(2), attempt(1), attempt(0)], by: node, until: at(11))
        #expect(report.strays == [attempt(1), attempt(2)])
        #expect(leases.of(node).map(\.isReported) == [true])
    }

    @Test func timeTheCoordinatorStoodStillIsForgiven() {
        var leases = LeaseTable()
        leases.grant(attempt(0), to: node, at: at(0), for: .seconds(10))
        leases.forgive(.seconds(30))
        #expect(leases.expired(of: node, at: at(39)).isEmpty)
        #expect(leases.expired(of: node, at: at(40)).count == 1)
    }
}
