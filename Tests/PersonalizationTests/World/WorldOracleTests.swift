import Testing

@testable import Personalization

/// The world's reason to exist: knowledge of the writer pays, more of it pays more, and writing as references are written
/// is not the best that can be done.
@Suite struct WorldOracleTests {
    @Test(arguments: [1, 2, 3] as [UInt64]) func knowledgePays(seed: UInt64) {
        let oracle = WorldOracle(world: SyntheticWorld(seed: seed))
        let (ideal, four, one) = (oracle.ideal, oracle.majority(documents: 4), oracle.majority(documents: 1))
        #expect(ideal > four + 0.02)
        #expect(four > one + 0.05)
        #expect(one > oracle.shuffled + 0.15)
        #expect(ideal > 0.63)
    }

    @Test(arguments: [1, 2, 3] as [UInt64]) func thereIsRoomAboveImitation(seed: UInt64) {
        let oracle = WorldOracle(world: SyntheticWorld(seed: seed))
        #expect(oracle.ideal > oracle.sampled + 0.1)
        #expect(oracle.majority(documents: 4) > oracle.likeliest + 0.03)
    }

    @Test func rougeLIsTheLongestCommonSubsequence() {
        #expect(RougeL.score("the cat sat", "The cat, it sat.") == 6.0 / 7)
        #expect(RougeL.score("", "a") == 0)
    }
}
