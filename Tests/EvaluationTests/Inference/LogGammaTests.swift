import Testing

@testable import Evaluation

@Suite struct LogGammaTests {
    /// z and gammaln(z) of scipy 1.17.
    @Test(arguments: [
        (0.5, 0.5723649429247), (1, 0), (2.5, 0.2846828704729192), (9.9, 12.57717990421988), (10, 12.801827480081469),
        (100.5, 361.43554046777757), (100_000, 1_051_287.7089736569),
    ])
    func equalsScipy(z: Double, expected: Double) {
        #expect(abs(LogGamma.gamma(z) - expected) <= 1e-14 * max(1, abs(expected)))
    }

    @Test(arguments: [(2.5, 3.5), (12, 0.5), (0.5, 12), (40, 25), (10, 10), (3, 11)])
    func betaIsTheQuotientOfGammas(a: Double, b: Double) {
        let expected = LogGamma.gamma(a) + LogGamma.gamma(b) - LogGamma.gamma(a + b)
        #expect(abs(LogGamma.beta(a, b) - expected) <= 1e-12)
    }
}
