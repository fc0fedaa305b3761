import Testing

@testable import Simulator

/// The alarm rings: every seeded bug is noticed by the invariant that is there for it.
@Suite struct MutantTests {
    @Test(arguments: Mutant.all.map(\.name)) func isCaught(name: String) async throws {
        let mutant = try #require(Mutant.named(name))
        var batch = Batch(seeds: mutant.seeds, jobs: 1, mutant: mutant)
        // A run of each seed twice is only needed where the two differ.
        batch.repeatEvery = mutant.invariants.contains(.sameSeedSameTrace) ? 1 : .max
        let summary = await batch.run()
        let violation = summary.failure?.violation
        #expect(
            violation.map { mutant.invariants.contains($0.invariant) } == true,
            "\(mutant.name): \(violation.map { "\($0)" } ?? "not caught among \(mutant.seeds)")")
    }

    @Test func thereAreEnough() {
        #expect(Mutant.all.count >= 15)
        #expect(Mutant.all.allSatisfy { Mutant.named($0.name) == $0 && $0.seeds.upperBound <= 2000 })
        #expect(Mutant.named("none") == nil)
    }
}
