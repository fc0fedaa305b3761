import Testing

@testable import Simulator

@Suite struct BatchTests {
    /// `cluster/test` runs thousands more, others for each commit.
    @Test func seedsAreClean() async {
        let summary = await Batch(seeds: 1...200, jobs: 2).run()
        let failure = summary.failure
        #expect(
            failure == nil,
            "seed \(failure?.seed ?? 0): \(failure?.violation.map { "\($0)" } ?? ""), \(failure?.configuration ?? "")")
        #expect(summary.seeds == 200)
        #expect(summary.coverage.faults.count == FaultClass.allCases.count)
    }

    /// Seeds that once failed.
    @Test(arguments: [UInt64(34), 40, 50, 107, 140, 10_746_381_908_495]) func failedOnce(seed: UInt64) {
        let report = SeedRun(seed: seed).run(against: Truths())
        #expect(report.violation == nil)
    }

    @Test func aSeedIsTheSameRunTwice() {
        let truths = Truths()
        let first = SeedRun(seed: 7).run(against: truths)
        #expect(first == SeedRun(seed: 7).run(against: truths))
        #expect(first.traceHash != SeedRun(seed: 8).run(against: truths).traceHash)
    }

    @Test func theTraceTellsWhatHappens() {
        var lines: [String] = []
        let told = SeedRun(seed: 7).run(against: Truths()) { lines.append($0) }
        #expect(told.traceHash == SeedRun(seed: 7).run(against: Truths()).traceHash)
        #expect(lines.contains { $0.contains("coordinator starts, term 1") })
        #expect(lines.contains { $0.contains("no more faults") })
        #expect(lines.last?.contains("coordinator ends") == true)
    }

    @Test func whatNeverHappenedIsMissed() {
        var coverage = Coverage()
        let classes = FaultClass.allCases.count
        #expect(coverage.missing(after: Coverage.commonSeeds - 1).isEmpty)
        #expect(coverage.missing(after: Coverage.commonSeeds).count == Coverage.common.count + classes)
        #expect(
            coverage.missing(after: Coverage.rareSeeds).count == Coverage.common.count + Coverage.rare.count + classes)
        coverage.count("fenced")
        coverage.count("crash after the end")
        #expect(!coverage.missing(after: Coverage.commonSeeds).contains("fenced"))
        #expect(!coverage.missing(after: Coverage.rareSeeds).contains("crash after the end"))
    }

    @Test func aCommitGivesItsFirstSeed() {
        #expect(SeedRun.first(commit: "a") != SeedRun.first(commit: "b"))
        #expect(SeedRun.first(commit: "a") < 1 << 44)
    }
}
