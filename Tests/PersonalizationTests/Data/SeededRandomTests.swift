import Testing

@testable import Personalization

@Suite struct SeededRandomTests {
    @Test func seedsAndStreamsDecide() {
        var (a, b, c) = (SeededRandom(seed: 1), SeededRandom(seed: 1), SeededRandom(seed: 1, stream: 1))
        let first = (0..<5).map { _ in a.unit() }
        #expect(first == (0..<5).map { _ in b.unit() })
        #expect(first != (0..<5).map { _ in c.unit() })
        #expect(first.allSatisfy { (0..<1).contains($0) })
    }

    @Test func drawsFollowTheirProbabilities() {
        var random = SeededRandom(seed: 5, label: "test")
        let picks = (0..<3000).map { _ in random.weighted([1, 2, 0, 1]) }
        #expect((650..<850).contains(picks.count { $0 == 0 }))
        #expect((1400..<1600).contains(picks.count { $0 == 1 }))
        #expect(!picks.contains(2))
        #expect(Set((0..<200).map { _ in random.below(6) }) == Set(0..<6))
        #expect(random.shuffled(Array(0..<50)).sorted() == Array(0..<50))
    }
}
