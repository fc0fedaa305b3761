import Testing

@testable import Simulator

@Suite struct PlanningTests {
    private var plan: ClusterPlan {
        var plan = ClusterPlan(samplers: 8, scorers: 1, learners: 1)
        plan.iterations = 1
        plan.prompts = 160
        plan.samplesPerPrompt = 2
        plan.sampleTime = .constant(40)
        plan.scoreTime = .constant(1)
        plan.trainTime = .constant(100)
        plan.policyByteCount = 1_000_000
        plan.meanTimeBetweenFailures = .seconds(300)
        return plan
    }

    /// 20 sample tasks on 8 nodes are three rounds of 40 s; two trainings of 100 s; nothing else takes long.
    @Test func theMakespanIsWhatTheTasksTake() throws {
        let calm = plan.run(with: [])
        let makespan = try #require(calm.makespan)
        #expect(makespan > .seconds(320) && makespan < .seconds(340))
        #expect(abs(calm.samplerUse - 20 * 40 / 8 / (makespan / .seconds(1))) < 0.01)
        #expect(calm.repeated == 0 && calm.lostHours == 0)
        #expect(calm.byteCount > 8_000_000)
    }

    @Test func faultsCostTime() throws {
        let calm = plan.run(with: [])
        let crashing = plan.run(with: [.nodeCrash], expected: calm.makespan)
        #expect(try #require(crashing.makespan) > #require(calm.makespan))
        #expect(crashing.repeated > 0 && crashing.lostHours > 0)
        #expect(plan.run(with: [.nodeCrash], expected: calm.makespan).makespan == crashing.makespan)
    }

    @Test func distributionsAreReadAndDrawn() {
        #expect(Distribution("lognormal:40,0.8") == .lognormal(40, 0.8))
        #expect(Distribution("constant:3") == .constant(3))
        for bad in ["", "40", "lognormal:40", "constant:-1", "constant:x", "uniform:3,2", "gamma:1", "lognormal:0,1"] {
            #expect(Distribution(bad) == nil, "\(bad)")
        }
        let draws = (0..<20_000).map { index in
            var random = SplitMixDraws(UInt64(index))
            return random.draw(.lognormal(40, 0.8))
        }.sorted()
        #expect(abs(draws[10_000] - 40) < 1.5)
        // exp(0.8 z) for z = 1.2816, the 90th percentile.
        #expect(abs(draws[18_000] - 40 * 2.788) < 6)
    }
}
