import Foundation
import Numerics
import Testing

@Suite struct RotaryEmbeddingTests {
    @Test func rotatesPairsHalfAHeadApart() {
        let rope = RotaryEmbedding(headDimension: 8, positions: 100, theta: 10_000)
        let x = random(3, 16, stream: 1)
        let before = x.doubles
        let positions: [Int32] = [0, 7, 99]
        rope.apply(x, positions: positions)
        var reference: [Double] = []
        for (row, position) in zip(before, positions) {
            for head in 0..<2 {
                let part = Array(row[head * 8..<head * 8 + 8])
                reference += (0..<8).map { index in
                    let angle = Double(position) * Foundation.pow(10_000, -2 * Double(index % 4) / 8)
                    let other = index < 4 ? -part[index + 4] : part[index - 4]
                    return part[index] * Foundation.cos(angle) + other * Foundation.sin(angle)
                }
            }
        }
        #expect(deviation(x.array, reference) < 2e-5)
    }

    @Test func backwardIsTheInverseRotation() {
        let rope = RotaryEmbedding(headDimension: 12, positions: 50, theta: 10_000)
        let x = random(4, 24, stream: 2)
        let before = x.array.map(Double.init)
        rope.apply(x, positions: [3, 11, 30, 49])
        rope.applyBackward(x, positions: [3, 11, 30, 49])
        #expect(deviation(x.array, before) < 1e-6)
    }

    @Test func scalesFrequencies() {
        let plain = RotaryEmbedding.frequencies(headDimension: 64, theta: 500_000, scaling: .none)
        let linear = RotaryEmbedding.frequencies(headDimension: 64, theta: 500_000, scaling: .linear(factor: 4))
        #expect(linear == plain.map { $0 / 4 })
        let llama3 = RotaryEmbedding.frequencies(
            headDimension: 64, theta: 500_000,
            scaling: .llama3(factor: 8, lowFrequencyFactor: 1, highFrequencyFactor: 4, originalPositions: 8192))
        for (scaled, frequency) in zip(llama3, plain) {
            let wavelength = 2 * Float.pi / frequency
            if wavelength < 2048 {
                #expect(scaled == frequency)
            } else if wavelength > 8192 {
                #expect(scaled == frequency / 8)
            } else {
                #expect(scaled < frequency && scaled > frequency / 8)
            }
        }
        #expect(llama3[0] == 1)
    }
}
