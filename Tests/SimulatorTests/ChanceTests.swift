import RolloutCore
import Testing

@testable import Simulator

/// Seconds of one draw, for tests that do not name the generator.
struct SplitMixDraws {
    private var random: SplitMix

    init(_ seed: UInt64) { random = SplitMix(seed: seed, stream: 9) }

    mutating func draw(_ distribution: Distribution) -> Double { Double(distribution.draw(&random)) / 1e9 }
}

@Suite struct ChanceTests {
    @Test func logarithmAndExponential() {
        for (x, logarithm) in [(1.0, 0.0), (2, 0.693_147_180_56), (10, 2.302_585_092_99), (0.001, -6.907_755_278_98)] {
            #expect(abs(Real.log(x) - logarithm) < 1e-8)
            #expect(abs(Real.exp(logarithm) / x - 1) < 1e-8)
        }
    }

    @Test func drawsKeepToTheirRangesAndMeans() {
        var random = SplitMix(seed: 3, stream: 1)
        var (sum, normal, square) = (0.0, 0.0, 0.0)
        var seen: Set<Int64> = []
        for _ in 0..<20_000 {
            sum += random.exponential(mean: 5)
            let z = random.normal()
            normal += z
            square += z * z
            seen.insert(random.whole(-2...3))
        }
        #expect(abs(sum / 20_000 - 5) < 0.2)
        #expect(abs(normal / 20_000) < 0.05 && abs(square / 20_000 - 1) < 0.05)
        #expect(seen.sorted() == Array(-2...3))
    }

    @Test func theAgendaIsInOrderAndTiesAreFirstInFirstOut() {
        var agenda = Agenda<Int>()
        var random = SplitMix(seed: 5, stream: 1)
        for number in 0..<500 { agenda.add(number, at: random.whole(0...50)) }
        var last: (time: Nanoseconds, number: Int) = (-1, -1)
        var count = 0
        while let (time, number) = agenda.next() {
            #expect(time > last.time || (time == last.time && number > last.number))
            last = (time, number)
            count += 1
        }
        #expect(count == 500)
    }
}
