import Testing

@testable import RolloutCore

@Suite struct StatusTests {
    @Test func theStatusShowsTasksNodesAndPhase() throws {
        var harness = try Harness(plan: FakeTasks.plan(fineTunesFirst: false, prompts: 4))
        harness.start()
        let sampler = harness.join(.sampler, "s", slots: 1, credit: 2)
        harness.now = harness.now.advanced(by: .seconds(1))
        let status = harness.coordinator.status(at: harness.now)
        #expect(status.phase == .sampling(iteration: 1) && status.term.rawValue == 1 && status.halted == nil)
        #expect(status.nodes.map(\.node) == ["s"] && status.nodes[0].silence == .seconds(1))
        #expect(status.nodes[0].held == harness.granted(to: sampler).map(\.attempt))
        let samples = status.tasks.first { $0.group == TaskGroup(iteration: 1, split: .train, kind: .sample) }
        #expect(samples?.leased == 2 && samples?.pending == 0)
        #expect(harness.coordinator.isMember(sampler.incarnation))
        #expect(harness.coordinator.session(of: sampler.incarnation) == sampler.session)
    }
}
