import Testing

@testable import Evaluation

@Suite struct StudentTTests {
    /// ν, t, 2·sf(t) and cdf(t) of scipy 1.17.
    static let scipy: [(Double, Double, Double, Double)] = [
        (1, 0.5, 0.7048327646991335, 0.6475836176504333), (1, 12.7, 0.050024327689344165, 0.9749878361553279),
        (2, 3.1, 0.09020073013018871, 0.9548996349349056), (5, 0, 1, 0.5),
        (5, 2, 0.10193947882985835, 0.9490302605850708), (9, -1.3, 0.22590637267304933, 0.11295318633652467),
        (30, 2.042, 0.050028670656197906, 0.9749856646719011),
        (79, 4.4, 3.349380786188035e-05, 0.9999832530960691),
        (159, 0.01, 0.9920338234114332, 0.5039830882942834),
        (999, 1.96, 0.050273462733810045, 0.974863268633095),
        (4559, 3.3, 0.0009742779469428998, 0.9995128610265286),
        (100_000, 2.5, 0.012420919192559051, 0.9937895404037205),
        (39_879, 8, 1.2775355424000526e-15, 0.9999999999999993), (3, 40, 3.4380680789158506e-05, 0.9999828096596054),
    ]

    @Test(arguments: scipy)
    func probabilitiesEqualScipy(nu: Double, t: Double, twoTailed: Double, cumulative: Double) {
        let distribution = StudentT(degreesOfFreedom: nu)
        #expect(abs(distribution.twoTailed(t) - twoTailed) <= 1e-9 * twoTailed)
        #expect(abs(distribution.cumulative(t) - cumulative) <= 1e-9)
    }

    @Test(arguments: [
        (1, 12.706204736174694), (4, 2.7764451051977934), (159, 1.9749962127674756),
    ])
    func criticalValuesEqualScipy(nu: Double, t: Double) {
        #expect(abs(StudentT(degreesOfFreedom: nu).critical(tail: 0.05) - t) <= 1e-9 * t)
    }

    @Test func nothingLiesBeyondInfinity() {
        #expect(StudentT(degreesOfFreedom: 3).twoTailed(.infinity) == 0)
        #expect(StudentT(degreesOfFreedom: 3).twoTailed(-.infinity) == 0)
    }
}
