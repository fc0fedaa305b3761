import Testing

@testable import Evaluation

@Suite struct JaccardTests {
    @Test func sharedOverAll() {
        let overlap = Jaccard(Set([1, 2, 3]), Set([2, 3, 4, 5]))
        #expect(overlap == Jaccard(shared: 2, first: 3, second: 4))
        #expect(overlap.index == 0.4)
    }

    @Test func nothingHasNoOverlap() {
        #expect(Jaccard(Set<Int>(), Set<Int>()).index == nil)
        #expect(Jaccard(Set([1]), Set<Int>()).index == 0)
    }
}
