import RolloutCore
import Testing

@testable import Simulator

/// Together the plans have to take every turn a configuration can ask for.
@Suite struct ToyPlansTests {
    private let plans = (0..<ToyPlans.usual + ToyPlans.ablations).map(ToyPlans.plan)

    @Test func everyKindOfCourseIsThere() {
        #expect(Set(plans.map(\.run)).count == plans.count)
        #expect(Set(plans.map(\.fineTunesFirst)).count == 2 && Set(plans.map(\.startsFromPrevious)).count == 2)
        #expect(plans.contains { $0.writesRationales } && plans.contains { !$0.recordedOnly.isEmpty })
        #expect(plans.contains { $0.iterationsPerSampling > 1 && $0.iterations > $0.iterationsPerSampling })
        #expect(plans.contains { !$0.selection.laterThresholds.isEmpty })
        #expect(plans.contains { $0.evaluationSamples.count > 1 })
        #expect(Set(plans.map(\.selection.scope)) == Set(SelectionRule.Scope.allCases))
        #expect(Set(plans.map { "\($0.selection.threshold)".prefix { $0 != "(" } }).count == 4)
    }

    /// Patience has to run out in one plan and to last in another, or neither shows anything.
    @Test func someRunsEndEarlyAndOthersDoNot() throws {
        let truths = Truths()
        let ends = try plans.indices.filter { plans[$0].patience != nil }.map { index in
            let truth = try truths.truth(of: Scenario.World(plan: index, shape: Scenario.Shape.all[0])).get()
            return truth.weights.count < Int(plans[index].iterations) + 1
        }
        #expect(Set(ends) == [true, false])
    }
}
