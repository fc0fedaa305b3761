import Testing

@testable import Evaluation

@Suite struct PairedTestTests {
    @Test func equalsScipysRelatedTest() throws {
        let first = [0.31, 0.42, 0.55, 0.47, 0.61, 0.38, 0.72, 0.50]
        let second = [0.28, 0.45, 0.49, 0.40, 0.60, 0.33, 0.65, 0.52]
        let test = try #require(PairedTest(zip(second, first).map { (first: $0, second: $1) }))
        #expect(test.count == 8)
        #expect(test.degreesOfFreedom == 7)
        #expect(abs(test.t - 2.140518204038026) < 1e-12)
        #expect(abs(test.p - 0.0695810475625111) < 1e-12)
        #expect(abs(test.meanDifference - 0.03) < 1e-12)
    }

    @Test func equalPairsAreNoTest() {
        #expect(PairedTest([(first: 0.5, second: 0.5), (first: 0.25, second: 0.25)]) == nil)
        #expect(PairedTest([(first: 0.5, second: 0.7)]) == nil)
    }

    @Test func aConstantDifferenceIsCertain() throws {
        let test = try #require(
            PairedTest([(first: 1, second: 0.5), (first: 2, second: 1.5), (first: 0, second: -0.5)]))
        #expect(test.t == -.infinity)
        #expect(test.p == 0)
    }

    /// By hand: 0.01·4, 0.02·3, then 0.04 raised to it, then 0.5.
    @Test func holmStepsDown() {
        #expect(PairedTest.holm([0.5, 0.01, 0.02, 0.021]) == [0.5, 0.04, 0.06, 0.06])
        #expect(PairedTest.holm([0.9, 0.8]) == [1, 1])
        #expect(PairedTest.holm([]) == [])
    }
}
