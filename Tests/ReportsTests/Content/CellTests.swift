import Evaluation
import Testing

@testable import Reports

@Suite struct CellTests {
    @Test(arguments: [
        (Cell.reward(0.50766), "0.5077"), (.reward(nil), "–"), (.count(12), "12"), (.share(0.1234), "12.3 %"),
        (.share(1, of: 0), "–"), (.difference(-0.02), "-0.0200"), (.difference(0.02), "+0.0200"),
        (.p(0.00001), "<.0001"), (.p(0.031), "0.0310"), (.bytes(999), "999 B"), (.bytes(1_300_000), "1.3 MB"),
        (.seconds(59.94), "59.9 s"), (.seconds(250), "4 min 10 s"), (.seconds(7500), "2 h 5 min"),
        (.number(.nan, digits: 2), "NaN"),
        (.estimate(0.5, Interval(lower: 0.4, upper: 0.6, level: 0.95)), "0.5000 (0.4000 to 0.6000)"),
    ])
    func shown(cell: Cell, text: String) { #expect(cell.shown == text) }

    @Test func coordinatesAreShort() {
        #expect(
            [0, 1.04, 1.06, -0.05, -0.04, 12.96, .infinity].map(Decimals.coordinate) == [
                "0", "1", "1.1", "-0.1", "0", "13", "1000000",
            ])
    }
}
