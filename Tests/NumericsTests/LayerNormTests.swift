import Numerics
import Testing

@Suite struct LayerNormTests {
    @Test(arguments: [1, 16, 37, 384])
    func agreesWithDoublePrecision(columns: Int) {
        let x = random(5, columns, stream: 1, scale: 2)
        let (weight, bias) = (random(columns, stream: 2), random(columns, stream: 3))
        let y = Matrix(rows: 5, columns: columns)
        LayerNorm.forward(x, weight: weight, bias: bias, epsilon: 1e-3, into: y)
        let reference = x.doubles.flatMap { row in
            let mean = row.reduce(0, +) / Double(columns)
            let variance = row.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(columns)
            return row.indices.map {
                (row[$0] - mean) / (variance + 1e-3).squareRoot() * Double(weight[$0]) + Double(bias[$0])
            }
        }
        #expect(deviation(y.array, reference) < 2e-6)
        LayerNorm.forward(x, weight: weight, bias: bias, epsilon: 1e-3, into: x)
        #expect(bits(x.array) == bits(y.array))
    }

    @Test func aLargeMeanCostsNoVariance() {
        let x = Matrix(rows: 1, columns: 4, [10_001, 10_002, 10_003, 10_004])
        let y = Matrix(rows: 1, columns: 4)
        LayerNorm.forward(x, weight: Vector([1, 1, 1, 1]), bias: Vector(count: 4), epsilon: 0, into: y)
        #expect(deviation(y.array, [-1.3416407865, -0.4472135955, 0.4472135955, 1.3416407865]) < 1e-6)
    }
}
