import Configuration
import Testing

@testable import Chaos

@Suite struct VerdictTests {
    private func verdict(_ baseline: Verdict.Run?) -> Verdict {
        Verdict(
            plan: FaultPlan(), faults: FaultLedger.Tally(), run: Verdict.Run(digest: "ab", seconds: 125),
            baseline: baseline, tasks: 10, leases: 13, repeated: 2, quiet: 5)
    }

    @Test func withoutABaselineNothingIsClaimed() {
        let verdict = verdict(nil)
        #expect(verdict.isSame == nil && verdict.lost == nil && verdict.goodput == nil)
    }

    @Test func timeAndDigestAreComparedWithTheBaseline() {
        let same = verdict(Verdict.Run(digest: "ab", seconds: 100))
        #expect(same.isSame == true && same.lost == 25 && same.goodput == 0.8)
        #expect(verdict(Verdict.Run(digest: "ac", seconds: 100)).isSame == false)
    }

    @Test func aLedgerCountsByKindAndTarget() {
        let ledger = FaultLedger()
        ledger.struck(.kill, .sampler, at: .seconds(3))
        ledger.struck(.kill, .coordinator, at: .seconds(2))
        ledger.struck(.loss, .sampler, at: .seconds(1))
        ledger.missed(.stop)
        ledger.passed(isCut: true)
        ledger.passed(isCut: false)
        let tally = ledger.tally
        #expect(tally.counts == [.kill: [.sampler: 1, .coordinator: 1], .loss: [.sampler: 1]])
        #expect(tally.kinds == [.kill, .loss] && tally.total == 3 && tally.count(.kill) == 2)
        #expect(tally.missed == [.stop: 1] && tally.cutMessages == 1 && tally.messages == 1)
        #expect(tally.last == .seconds(3))
    }
}
