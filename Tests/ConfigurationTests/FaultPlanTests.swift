import Configuration
import Foundation
import Testing

@Suite struct FaultPlanTests {
    private func plan(_ yaml: String) throws -> FaultPlan { try FaultPlan(yaml: yaml, file: "/here/storm.yaml") }

    private func sentence(_ yaml: String) -> String {
        do {
            _ = try plan(yaml)
            return ""
        } catch {
            return "\(error)"
        }
    }

    @Test func everyKeyIsRead() throws {
        let plan = try plan(
            """
            seed: 7
            lasts: 120
            quiet: 30
            faults:
              - {kind: kill, target: [sampler, scorer], perMinute: 6}
              - {kind: kill, target: coordinator, at: [20, 45.5], everyone: true}
              - {kind: slow, target: learner, at: 5, seconds: 10, share: 0.25}
              - kind: cut
                between: [coordinator, sampler]
                direction: to-node
                perMinute: 1
                seconds: 4
              - {kind: delay, between: [sampler, scorer, coordinator], probability: 0.1, milliseconds: 50}
            """)
        #expect(plan.name == "storm")
        #expect(plan.seed == 7)
        #expect(plan.storms == 90)
        #expect(plan.faults.map(\.kind) == [.kill, .kill, .slow, .cut, .delay])
        #expect(plan.faults[0].targets == [.sampler, .scorer])
        #expect(plan.faults[0].times == .perMinute(6))
        #expect(plan.faults[1].times == .at([20, 45.5]))
        #expect(plan.faults[1].everyone)
        #expect(plan.faults[2].share == 0.25)
        #expect(plan.faults[3].targets == [.sampler])
        #expect(plan.faults[3].direction == .toNode)
        #expect(plan.faults[4].targets == [.sampler, .scorer])
        #expect(plan.faults[4].times == .always)
        #expect(plan.faults[4].milliseconds == 50)
    }

    @Test func aPlanMayBeOfCommentsOnly() throws {
        let plan = try plan("# calm\n")
        #expect(plan.faults.isEmpty)
        #expect(plan.lasts == 300 && plan.quiet == 20)
    }

    @Test(arguments: [
        ("faults: [{kind: kil, target: sampler, at: 1}]", "1:17: kind must be", "did you mean kill?"),
        ("faults: [{kind: kill, targt: sampler, at: 1}]", "1:23: 'targt' is not a key", "did you mean target?"),
        ("sed: 1", "1:1: 'sed' is not a key", "did you mean seed?"),
        ("fault: []", "1:1: 'fault' is not a key", "did you mean faults?"),
        ("faults: [{target: sampler, at: 1}]", "1:10: a fault needs its kind: kill, stop", "corruption."),
        ("faults: [{kind: kill, at: 1}]", "1:10: kind kill needs target", "whom it strikes"),
        ("faults: [{kind: kill, target: sampler}]", "kind kill needs its times: at, in seconds, or perMinute.", ""),
        ("faults: [{kind: kill, target: sampler, at: 1, seconds: 2}]", "1:47: seconds does nothing with kind kill", ""),
        ("faults: [{kind: kill, target: sampler, at: 1, perMinute: 2}]", "perMinute and at exclude each other", ""),
        ("faults: [{kind: stop, target: sampler, at: 1}]", "kind stop needs seconds", "a number from 0.05 to 3600"),
        ("faults: [{kind: loss, between: [sampler, scorer], probability: 1}]", "nodes speak with the coordinator", ""),
        (
            "faults: [{kind: loss, between: coordinator, probability: 1}]", "between must be a list of the coordinator",
            ""
        ),
        ("faults: [{kind: loss, target: sampler, probability: 1}]", "target does nothing with kind loss", ""),
        ("faults: [{kind: loss, between: [sampler, coordinator]}]", "kind loss needs probability", ""),
        ("faults: [{kind: loss, between: [sampler, coordinator], probability: 2}]", "probability must be a number", ""),
        (
            "faults: [{kind: loss, between: [sampler, coordinator], probability: 1, seconds: 2}]",
            "seconds does nothing without at or perMinute", ""
        ),
        ("faults: [{kind: disk, target: sampler, at: 1, seconds: 2}]", "a sampler writes nothing", ""),
        (
            "lasts: 60\nquiet: 20\nfaults: [{kind: kill, target: sampler, at: [10, 40]}]",
            "3:40: 40 is within the quiet period, which begins at 40.", ""
        ),
        ("lasts: 10\nquiet: 10", "2:1: quiet (10) must be less than lasts (10).", ""),
        ("faults: {kind: kill}", "faults must be a list of faults, not a section.", ""),
        ("faults: [kill]", "a fault is a section such as {kind: kill", "not 'kill'."),
        ("- kill", "a plan is made of lines like 'key: value'.", ""),
        ("seed: 1\nseed: 2", "is given twice", ""),
    ])
    func whatIsWrongIsSaid(yaml: String, beginning: String, more: String) {
        let sentence = sentence(yaml)
        #expect(sentence.hasPrefix("/here/storm.yaml:"))
        #expect(sentence.contains(beginning), "\(sentence)")
        #expect(more.isEmpty || sentence.contains(more), "\(sentence)")
    }
}
