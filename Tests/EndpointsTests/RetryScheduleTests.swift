import Testing

@testable import Endpoints

@Suite struct RetryScheduleTests {
    let schedule = RetrySchedule(attempts: 4, first: .seconds(1), longest: .seconds(3), patience: .seconds(60))

    @Test func theWaitIsDrawnUpToTwiceTheLast() {
        #expect(schedule.wait(afterFailure: 1, asked: nil, jitter: 1) == .seconds(1))
        #expect(schedule.wait(afterFailure: 2, asked: nil, jitter: 0.5) == .seconds(1))
        #expect(schedule.wait(afterFailure: 3, asked: nil, jitter: 1) == .seconds(3))
        #expect(schedule.wait(afterFailure: 3, asked: nil, jitter: 0) == .zero)
        #expect(schedule.wait(afterFailure: 4, asked: nil, jitter: 0) == nil)
        #expect(RetrySchedule(attempts: 99).wait(afterFailure: 98, asked: nil, jitter: 1) == .seconds(30))
    }

    @Test func theServersOwnWaitIsTheLeastAndHasABound() {
        #expect(schedule.wait(afterFailure: 1, asked: .seconds(20), jitter: 0) == .seconds(20))
        #expect(schedule.wait(afterFailure: 1, asked: .seconds(20), jitter: 1) == .seconds(20.25))
        #expect(schedule.wait(afterFailure: 1, asked: .seconds(61), jitter: 0) == nil)
    }

    @Test func onlyWhatPassesIsTriedAgain() {
        #expect([408, 429, 500, 503, 529].allSatisfy(RetrySchedule.isPassing))
        #expect(![200, 301, 400, 401, 404, 422].contains(where: RetrySchedule.isPassing))
    }
}
