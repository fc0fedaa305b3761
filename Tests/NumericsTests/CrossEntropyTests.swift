import Foundation
import Numerics
import Testing

@Suite struct CrossEntropyTests {
    @Test func agreesWithDoublePrecision() {
        let logits = random(4, 77, stream: 1, scale: 8)
        let rows = logits.doubles
        let targets: [Int32] = [0, 76, 5, 40]
        let weights: [Float] = [1, 0.25, 0, 2]
        let losses = Vector(count: 4)
        CrossEntropy.losses(logits, targets: targets, weights: weights, into: losses)
        let expected = rows.enumerated().map { index, row in
            Double(weights[index])
                * (Foundation.log(row.reduce(0) { $0 + Foundation.exp($1) }) - row[Int(targets[index])])
        }
        #expect(deviation(losses.array, expected) < 1e-5)

        CrossEntropy.lossesAndGradient(logits, targets: targets, weights: weights, into: losses)
        #expect(deviation(losses.array, expected) < 1e-5)
        let gradient = rows.enumerated().flatMap { index, row in
            let total = row.reduce(0) { $0 + Foundation.exp($1) }
            return row.indices.map { column in
                Double(weights[index]) * (Foundation.exp(row[column]) / total - (column == Int(targets[index]) ? 1 : 0))
            }
        }
        #expect(deviation(logits.array, gradient) < 1e-6)
    }

    @Test func survivesMinusInfinity() {
        let logits = Matrix(rows: 3, columns: 3)
        logits.fill(-.infinity)
        logits[0, 1] = 2
        logits[1, 0] = 1
        let losses = Vector(count: 3)
        CrossEntropy.lossesAndGradient(logits, targets: [1, 1, 0], weights: [1, 1, 1], into: losses)
        #expect(losses.array == [0, .infinity, .infinity])
        #expect(logits.array == [0, 0, 0, 1, -1, 0, 0, 0, 0])
    }
}
