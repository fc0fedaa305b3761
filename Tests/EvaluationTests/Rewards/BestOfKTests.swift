import Testing

@testable import Evaluation

@Suite struct BestOfKTests {
    private static let rewards = [0.3, 0.9, 0.1, 0.5, 0.5]

    /// Against the mean over all subsets.
    @Test(arguments: 1...5) func bestIsTheMeanOverAllSubsets(k: Int) throws {
        var sum = 0.0
        var subsets = 0
        for mask in 0..<(1 << Self.rewards.count) where mask.nonzeroBitCount == k {
            sum += Self.rewards.indices.filter { mask >> $0 & 1 == 1 }.map { Self.rewards[$0] }.max() ?? 0
            subsets += 1
        }
        let best = try #require(BestOfK.best(Self.rewards, k: k))
        #expect(abs(best - sum / Double(subsets)) < 1e-12)
    }

    @Test(arguments: 1...5) func passIsBestOfZeroAndOne(k: Int) throws {
        for passed in 0...5 {
            let rewards = (0..<5).map { $0 < passed ? 1.0 : 0 }
            let pass = try #require(BestOfK.pass(passed, of: 5, k: k))
            let best = try #require(BestOfK.best(rewards, k: k))
            #expect(abs(pass - best) < 1e-12)
        }
    }

    @Test func moreThanWereDrawnIsUndefined() {
        #expect(BestOfK.best([0.5], k: 2) == nil)
        #expect(BestOfK.best([], k: 0) == nil)
        #expect(BestOfK.pass(1, of: 2, k: 3) == nil)
        #expect(BestOfK.pass(3, of: 2, k: 1) == nil)
    }

    @Test func majorityNeedsARepetition() {
        #expect(BestOfK.majority(["a", "b", "b", "a", "b"]) == 1)
        #expect(BestOfK.majority(["c", "b", "b", "a", "a"]) == 1)
        #expect(BestOfK.majority(["a", "b", "c"]) == nil)
        #expect(BestOfK.majority([String]()) == nil)
    }
}
