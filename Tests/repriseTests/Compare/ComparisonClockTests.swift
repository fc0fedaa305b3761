import Testing

@testable import reprise

@Suite struct ComparisonClockTests {
    private let sft = ComparisonClock.Run(system: "sft", policies: 1)
    private let em = ComparisonClock.Run(system: "rest-em", policies: 4)

    @Test func nothingIsKnownAtFirst() {
        #expect(ComparisonClock().secondsLeft([sft, em], elapsed: 3) == nil)
    }

    @Test func newSystemsAreEstimatedByTheirPolicies() {
        var clock = ComparisonClock()
        clock.add(sft, seconds: 10)
        // Four policies of ten seconds, fifteen of which are over, and one more.
        #expect(clock.secondsLeft([em, sft], elapsed: 15) == 35.0)
        clock.add(em, seconds: 90)
        // 100 seconds made five policies.
        #expect(clock.secondsLeft([.init(system: "rest-pg", policies: 4)], elapsed: 0) == 80.0)
    }

    @Test func systemsThatHaveRunAreTakenForTheirMean() {
        var clock = ComparisonClock()
        clock.add(sft, seconds: 10)
        clock.add(em, seconds: 90)
        clock.add(em, seconds: 110)
        #expect(clock.secondsLeft([em, sft, em], elapsed: 30) == 180.0)
    }

    @Test func aRunThatTakesLongerLeavesTheOthers() {
        var clock = ComparisonClock()
        clock.add(sft, seconds: 10)
        #expect(clock.secondsLeft([sft, sft], elapsed: 25) == 10.0)
    }
}
