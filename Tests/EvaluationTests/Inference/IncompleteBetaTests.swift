import Testing

@testable import Evaluation

@Suite struct IncompleteBetaTests {
    /// a, b, x and betainc(a, b, x) of scipy 1.17.
    static let scipy: [(Double, Double, Double, Double)] = [
        (0.5, 0.5, 0.3, 0.36901011956554536), (2, 3, 0.4, 0.5247999999999999), (50, 0.5, 0.97, 0.08169933372182264),
        (10_000, 10_000, 0.501, 0.6113500478574623), (12, 40, 0.2, 0.31475403231624954),
        (0.5, 30, 0.001, 0.19276269384046296), (1, 1, 0.25, 0.25), (300, 2, 0.99, 0.19616357628514303),
    ]

    @Test(arguments: scipy) func equalsScipy(a: Double, b: Double, x: Double, expected: Double) {
        #expect(abs(IncompleteBeta.regularized(x, complement: 1 - x, a: a, b: b) - expected) <= 1e-11)
        #expect(abs(IncompleteBeta.regularized(1 - x, complement: x, a: b, b: a) - (1 - expected)) <= 1e-11)
    }

    @Test func endsAreExact() {
        #expect(IncompleteBeta.regularized(0, complement: 1, a: 2, b: 3) == 0)
        #expect(IncompleteBeta.regularized(1, complement: 0, a: 2, b: 3) == 1)
    }
}
