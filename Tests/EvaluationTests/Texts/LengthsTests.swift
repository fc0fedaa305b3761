import Testing

@testable import Evaluation

@Suite struct LengthsTests {
    @Test func quantilesAndMean() {
        var lengths = Lengths()
        for length in [5, 1, 3] { lengths.add(length) }
        lengths.add(10, times: 7)
        #expect(lengths.count == 10)
        #expect(lengths.mean == 7.9)
        #expect(lengths.quantile(0) == 1)
        #expect(lengths.quantile(0.1) == 1)
        #expect(lengths.quantile(0.11) == 3)
        #expect(lengths.quantile(0.5) == 10)
        #expect(lengths.quantile(1) == 10)
    }

    @Test func noneHaveNoLength() {
        #expect(Lengths().mean == nil)
        #expect(Lengths().quantile(0.5) == nil)
    }
}
