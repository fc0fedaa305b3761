import Testing

@testable import Simulator

@Suite struct ShrinkingTests {
    @Test func whatIsLeftStillBreaksTheSameInvariant() throws {
        let truths = Truths()
        let mutant = try #require(Mutant.named("ignoresChecksum"))
        let failing = try #require(
            (UInt64(1)...50).lazy.map { SeedRun(seed: $0, mutant: mutant) }.first {
                $0.run(against: truths).violation != nil
            })
        let report = failing.run(against: truths)
        var shrinking = try #require(Shrinking(failing, report: report, truths: truths))
        shrinking.shrink()
        #expect(shrinking.run.run(against: truths).violation?.invariant == report.violation?.invariant)
        #expect(shrinking.run.plan.count < failing.plan.count)
        // Only damaged frames show this bug.
        #expect(shrinking.run.classes.isSubset(of: [.bitFlip, .truncation]))
    }

    @Test func aCleanSeedHasNothingToShrink() {
        let truths = Truths()
        let run = SeedRun(seed: 7)
        #expect(Shrinking(run, report: run.run(against: truths), truths: truths) == nil)
    }
}
