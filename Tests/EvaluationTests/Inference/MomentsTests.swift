import Testing

@testable import Evaluation

@Suite struct MomentsTests {
    @Test func reckonedByHand() throws {
        let moments = Moments([1, 2, 3, 6])
        #expect(moments.count == 4)
        #expect(moments.mean == 3)
        let variance = try #require(moments.variance)
        #expect(abs(variance - 14.0 / 3) < 1e-12)
        let error = try #require(moments.standardError)
        #expect(abs(error - (14.0 / 12).squareRoot()) < 1e-12)
        // 3 ± t(3, 0.975) · s.e.
        let interval = try #require(moments.interval())
        #expect(abs(interval.upper - (3 + 3.182446305284263 * error)) < 1e-9)
        #expect(abs(interval.lower + interval.upper - 6) < 1e-12)
    }

    @Test func aLargeMeanDoesNotHideTheSpread() {
        #expect(Moments([1e9 + 1, 1e9 + 2, 1e9 + 3]).variance == 1)
    }

    @Test func tooFewValuesHaveNoSpread() {
        #expect(Moments([Double]()).mean == nil)
        #expect(Moments([4]).mean == 4)
        #expect(Moments([4]).standardError == nil)
        #expect(Moments([4]).interval() == nil)
    }
}
