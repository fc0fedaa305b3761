import Numerics
import Testing

@Suite struct SplitMix64Tests {
    /// The first numbers of Vigna's reference implementation for seed 1234567.
    @Test func givesItsPublishedSequence() {
        var random = SplitMix64(seed: 1_234_567)
        let expected: [UInt64] = [
            6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423,
            4_593_380_528_125_082_431, 16_408_922_859_458_223_821,
        ]
        #expect(expected.allSatisfy { $0 == random.next() })
    }

    @Test func shufflesAllElementsBySeed() {
        let numbers = Array(0..<100)
        let shuffled = numbers.shuffled(seed: 7)
        #expect(shuffled != numbers && shuffled.sorted() == numbers)
        #expect(numbers.shuffled(seed: 7) == shuffled)
        #expect(numbers.shuffled(seed: 8) != shuffled)
    }

    @Test func drawsEveryValueBelowABound() {
        var random = SplitMix64(seed: 3)
        var counts = [0, 0, 0, 0, 0]
        for _ in 0..<5000 { counts[Int(random.next(below: 5))] += 1 }
        #expect(counts.allSatisfy { abs($0 - 1000) < 150 })
    }
}
