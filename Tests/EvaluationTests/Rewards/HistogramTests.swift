import Testing

@testable import Evaluation

@Suite struct HistogramTests {
    @Test func valuesFallIntoTheirBins() {
        var histogram = Histogram(lower: 0, upper: 1, bins: 4)
        for value in [0, 0.24, 0.25, 0.5, 0.99, 1, -3, 7, .nan] { histogram.add(value) }
        #expect(histogram.counts == [3, 1, 1, 3])
        #expect(histogram.total == 8)
        #expect(histogram.bounds(1) == (0.25, 0.5))
    }

    @Test func infinitiesGoToTheEnds() {
        var histogram = Histogram(lower: -1, upper: 1, bins: 2)
        histogram.add(.infinity, times: 2)
        histogram.add(-.infinity)
        #expect(histogram.counts == [1, 2])
    }
}
