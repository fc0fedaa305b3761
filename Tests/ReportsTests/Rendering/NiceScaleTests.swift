import Testing

@testable import Reports

@Suite struct NiceScaleTests {
    @Test(arguments: [
        (0.45, 0.53, 0.44, 0.54, 2), (0, 1, 0, 1, 1), (-3, 12, -5, 15, 0), (0.5, 0.5, 0.5, 0.500001, 6),
        (99_000, 101_500, 99_000, 101_500, 0),
    ])
    func axesBeginAndEndAtRoundNumbers(least: Double, most: Double, lower: Double, upper: Double, digits: Int) {
        let scale = NiceScale(least, most)
        #expect(abs(scale.lower - lower) < 1e-6 && abs(scale.upper - upper) < 2e-6, "\(scale)")
        #expect(scale.lower <= least + 1e-12 && scale.upper >= most - 1e-12 && scale.lower < scale.upper)
        #expect((2...10).contains(scale.ticks.count), "\(scale.ticks)")
        #expect(scale.digits >= 0 && (digits == 6 || scale.digits == digits), "\(scale.digits)")
    }
}
