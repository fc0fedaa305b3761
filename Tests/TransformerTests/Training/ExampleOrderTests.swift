import Testing

@testable import Transformer

struct ExampleOrderTests {
    private static func epoch(_ number: Int, seed: UInt64 = 1) -> [[Int]] {
        var order = ExampleOrder(examples: 10, batchSize: 4, seed: seed)
        return (0..<3).map { Array(order.batch(at: number * 3 + $0).indices) }
    }

    @Test func everyEpochIsAPermutation() {
        for number in 0..<3 {
            let batches = Self.epoch(number)
            #expect(batches.map(\.count) == [4, 4, 2])
            #expect(batches.flatMap { $0 }.sorted() == Array(0..<10))
        }
    }

    @Test func epochsAndSeedsDiffer() {
        #expect(Self.epoch(0) != Self.epoch(1))
        #expect(Self.epoch(0) != Self.epoch(0, seed: 2))
        #expect(Self.epoch(1) == Self.epoch(1))
    }

    @Test func anyStepCanComeFirst() {
        var order = ExampleOrder(examples: 10, batchSize: 4, seed: 1)
        let (epoch, indices) = order.batch(at: 7)
        #expect(epoch == 2)
        #expect(Array(indices) == Self.epoch(2)[1])
    }
}
