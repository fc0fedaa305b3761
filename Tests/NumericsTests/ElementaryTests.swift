import Foundation
import Numerics
import Testing

@Suite struct ElementaryTests {
    private func worst(_ range: ClosedRange<Double>, _ ours: (Double) -> Double, _ theirs: (Double) -> Double) -> Double
    {
        (0...20_000).map { index in
            let x = range.lowerBound + (range.upperBound - range.lowerBound) * Double(index) / 20_000
            let expected = theirs(x)
            return abs(ours(x) - expected) / max(expected.ulp, 0x1p-54)
        }.max() ?? 0
    }

    @Test func agreesWithTheLibraryToAFewUnits() {
        #expect(worst(-700...700, Elementary.exp, Foundation.exp) <= 3)
        #expect(worst(-3...3, Elementary.exp, Foundation.exp) <= 2)
        #expect(worst(1e-3...5, Elementary.log, Foundation.log) <= 3)
        #expect(worst(1e-300...1e300, Elementary.log, Foundation.log) <= 2)
        #expect(worst(-10...10, Elementary.sin, Foundation.sin) <= 3)
        #expect(worst(-10...10, Elementary.cos, Foundation.cos) <= 3)
        #expect(worst(0...131_072, Elementary.sin, Foundation.sin) <= 8)
        #expect(worst(0...131_072, Elementary.cos, Foundation.cos) <= 8)
    }

    @Test func handlesTheEnds() {
        #expect(Elementary.exp(-.infinity) == 0 && Elementary.exp(.infinity) == .infinity && Elementary.exp(.nan).isNaN)
        #expect(Elementary.exp(0) == 1 && Elementary.log(1) == 0 && Elementary.cos(0) == 1 && Elementary.sin(0) == 0)
        #expect(Elementary.log(0) == -.infinity && Elementary.log(-1).isNaN)
        #expect(Elementary.log(.leastNonzeroMagnitude) < -744)
        #expect(Elementary.sin(.infinity).isNaN && Elementary.cos(.nan).isNaN)
    }

    @Test func powersByCountAndByReal() {
        #expect(Elementary.pow(0.9, 3) == 0.9 * (0.9 * 0.9))
        #expect(Elementary.pow(7, 0) == 1)
        #expect(abs(Elementary.pow(10_000, 0.75) - 1000) < 1e-9)
        #expect(abs(Elementary.pow(17.0, -0.8) - Foundation.pow(17.0, -0.8)) < 1e-15)
    }
}
