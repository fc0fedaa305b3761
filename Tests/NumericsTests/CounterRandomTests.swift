import Numerics
import Testing

/// Known answers of Random123's kat_vectors for philox4x32 with ten rounds.
@Test func philoxGivesItsPublishedVectors() {
    let zero = CounterRandom.philox(counter: SIMD4(repeating: 0), key: SIMD2(repeating: 0))
    #expect(zero == SIMD4(0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8))
    let ones = CounterRandom.philox(counter: SIMD4(repeating: .max), key: SIMD2(repeating: .max))
    #expect(ones == SIMD4(0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd))
    let digitsOfPi = CounterRandom.philox(
        counter: SIMD4(0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344), key: SIMD2(0xa409_3822, 0x299f_31d0))
    #expect(digitsOfPi == SIMD4(0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1))
}

@Test func numbersDependOnKeyStreamAndIndexAlone() {
    let random = CounterRandom(key: 1, stream: 2)
    #expect(random.bits(at: 9) == CounterRandom(key: 1, stream: 2).bits(at: 9))
    #expect(random.bits(at: 9) != CounterRandom(key: 2, stream: 2).bits(at: 9))
    #expect(random.bits(at: 9) != CounterRandom(key: 1, stream: 3).bits(at: 9))
    #expect(random.bits(at: 9) != random.bits(at: 10))
}

@Test func numbersHaveTheirMoments() {
    let random = CounterRandom(key: 77)
    let uniform = (0..<20_000).map { random.uniform(at: UInt64($0)) }
    #expect(uniform.allSatisfy { $0 >= 0 && $0 < 1 })
    #expect(abs(uniform.reduce(0, +) / 20_000 - 0.5) < 0.01)
    let normal = Vector(count: 20_000)
    random.fillNormal(normal, deviation: 3)
    #expect(abs(normal.sum / 20_000) < 0.1)
    #expect(abs(normal.sumOfSquares / 20_000 - 9) < 0.4)
}
