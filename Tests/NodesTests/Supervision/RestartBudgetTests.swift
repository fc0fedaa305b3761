import Nodes
import Testing

@Suite struct RestartBudgetTests {
    /// Which restarts at these seconds are allowed.
    private func allowed(_ limit: Int, at seconds: [Int]) -> [Bool] {
        let start = ContinuousClock.now
        var budget = RestartBudget(limit: limit, window: .seconds(10))
        return seconds.map { budget.take(at: start + .seconds($0)) }
    }

    @Test func allowsNoMoreThanItsLimitWithinTheWindow() {
        #expect(allowed(2, at: [0, 1, 2, 10]) == [true, true, false, false])
    }

    @Test func forgetsRestartsThatLeftTheWindow() {
        // At 12 s those of 8 s and 11 s still count; a refusal counts for nothing.
        #expect(allowed(2, at: [0, 8, 11, 12, 18, 19]) == [true, true, true, false, false, true])
    }

    @Test func zeroAllowsNone() {
        #expect(allowed(0, at: [0]) == [false])
    }
}
