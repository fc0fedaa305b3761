import Foundation
import Numerics
import Testing

@Suite struct LogitsTests {
    @Test func argmaxTakesTheLowestOfEquals() {
        let x = random(100, stream: 1)
        x[40] = 3
        x[77] = 3
        #expect(Logits.argmax(x) == 40)
        #expect(Logits.sample(x, Decoding(temperature: 0), uniform: 0.999) == 40)
    }

    @Test func logProbabilityAgreesWithDoublePrecision() {
        let x = random(3001, stream: 2, scale: 9)
        let total = Foundation.log(x.array.reduce(0.0) { $0 + Foundation.exp(Double($1)) })
        #expect(abs(Double(Logits.logSumExp(x)) - total) < 1e-5)
        #expect(abs(Double(Logits.logProbability(x, of: 12)) - (Double(x[12]) - total)) < 1e-5)
        #expect(Logits.logSumExp(Vector([-.infinity, -.infinity])) == -.infinity)
        #expect(Logits.logSumExp(Vector([-.infinity, 0])) == 0)
    }

    /// Sampling by sorting everything in double precision; the uniform numbers avoid the seams.
    private func reference(_ logits: [Float], _ decoding: Decoding, uniform: Double) -> Int32 {
        let weights = logits.map { Foundation.exp(Double($0) / Double(decoding.temperature)) }
        let limited = decoding.topK != nil || decoding.topP < 1
        var order = Array(logits.indices)
        if limited { order.sort { weights[$0] != weights[$1] ? weights[$0] > weights[$1] : $0 < $1 } }
        if let k = decoding.topK { order = Array(order.prefix(k)) }
        if decoding.topP < 1 {
            let total = order.reduce(0.0) { $0 + weights[$1] }
            var kept: [Int] = []
            var mass = 0.0
            for token in order where mass < decoding.topP * total {
                kept.append(token)
                mass += weights[token]
            }
            order = kept
        }
        order.sort()
        let mark = uniform * order.reduce(0.0) { $0 + weights[$1] }
        var below = 0.0
        for token in order {
            below += weights[token]
            if below > mark { return Int32(token) }
        }
        return Int32(order[order.count - 1])
    }

    @Test(arguments: [
        Decoding(), Decoding(temperature: 0.6), Decoding(topK: 1), Decoding(topK: 25), Decoding(topP: 0.9),
        Decoding(temperature: 1.3, topK: 200, topP: 0.7), Decoding(topP: 0.01), Decoding(topK: 5000, topP: 0.999),
    ])
    func samplesWhatSortingEverythingSamples(decoding: Decoding) {
        let source = CounterRandom(key: 8)
        var differing = 0
        for draw in 0..<200 {
            let logits = random(1500, stream: UInt64(100 + draw % 10), scale: 7)
            let uniform = source.uniform(at: UInt64(draw))
            if Logits.sample(logits, decoding, uniform: uniform)
                != reference(logits.array, decoding, uniform: uniform)
            {
                differing += 1
            }
        }
        #expect(differing <= 1, "only a number on a seam may fall to the neighbour")
    }

    @Test func frequenciesFollowTheProbabilities() {
        let logits = Vector([0, 1, -.infinity, 2])
        let source = CounterRandom(key: 11)
        var counts = [0, 0, 0, 0]
        for draw in 0..<20_000 {
            counts[Int(Logits.sample(logits, Decoding(), uniform: source.uniform(at: UInt64(draw))))] += 1
        }
        #expect(counts[2] == 0)
        #expect(abs(Double(counts[3]) / 20_000 - 0.6652) < 0.012)
        #expect(abs(Double(counts[0]) / 20_000 - 0.0900) < 0.008)
    }

    @Test func tiesGoToTheLowerToken() {
        let logits = Vector([Float](repeating: 1, count: 40))
        #expect(Logits.sample(logits, Decoding(topK: 3), uniform: 0.99) == 2)
        #expect(Logits.sample(logits, Decoding(topK: 3), uniform: 0) == 0)
        #expect(Logits.sample(logits, Decoding(topP: 0.049), uniform: 0.99) == 1)
        #expect(Logits.sample(logits, Decoding(topP: 0), uniform: 0.99) == 0)
        #expect(Logits.sample(logits, Decoding(topK: 39, topP: 0), uniform: 0.99) == 0)
        #expect(Logits.sample(logits, Decoding(), uniform: 0.9999999) == 39)
    }
}
