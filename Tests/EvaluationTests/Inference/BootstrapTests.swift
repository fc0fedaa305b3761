import Numerics
import Testing

@testable import Evaluation

@Suite struct BootstrapTests {
    private static let values: [Double] = {
        var random = SplitMix64(seed: 7)
        return (0..<400).map { _ in Double(random.next(below: 1000)) / 1000 }
    }()

    @Test func agreesWithTheTIntervalWhereThatHolds() throws {
        let interval = try #require(Bootstrap(resamples: 4000).interval(of: Self.values))
        let expected = try #require(Moments(Self.values).interval())
        let width = expected.upper - expected.lower
        #expect(abs(interval.lower - expected.lower) < 0.06 * width)
        #expect(abs(interval.upper - expected.upper) < 0.06 * width)
    }

    @Test func theSeedFixesTheDraws() {
        let one = Bootstrap(resamples: 50, seed: 3).interval(of: Self.values)
        #expect(one == Bootstrap(resamples: 50, seed: 3).interval(of: Self.values))
        #expect(one != Bootstrap(resamples: 50, seed: 4).interval(of: Self.values))
    }

    @Test func differencesArePaired() throws {
        let pairs = Self.values.map { (first: $0, second: $0 + 0.01) }
        let interval = try #require(Bootstrap().interval(ofDifference: pairs))
        #expect(abs(interval.lower - 0.01) < 1e-12)
        #expect(abs(interval.upper - 0.01) < 1e-12)
    }

    @Test func groupsAreResampledApart() throws {
        // Two constant groups of different size: their unweighted mean never varies.
        let interval = try #require(
            Bootstrap(resamples: 20).interval(ofMeanOver: [[0, 0], [1, 1, 1, 1, 1, 1]]))
        #expect(interval.lower == 0.5)
        #expect(interval.upper == 0.5)
        #expect(Bootstrap().interval(ofMeanOver: [[0, 1], [1]]) == nil)
        #expect(Bootstrap().interval(of: [1]) == nil)
    }

    /// numpy.quantile([1, 2, 4, 8], q).
    @Test(arguments: [(0, 1), (0.25, 1.75), (0.5, 3), (0.9, 6.8), (1, 8)])
    func quantilesLieBetween(q: Double, expected: Double) {
        #expect(abs(Quantile.of(sorted: [1, 2, 4, 8], q) - expected) < 1e-12)
    }
}
