import Numerics
import Testing

@Suite struct RMSNormTests {
    private let x = random(5, 37, stream: 1, scale: 2)
    private let weight = random(37, stream: 2)

    @Test func agreesWithDoublePrecision() {
        let y = Matrix(rows: 5, columns: 37)
        let inverse = Vector(count: 5)
        RMSNorm.forward(x, weight: weight, epsilon: 1e-3, into: y, inverseRMS: inverse)
        let reference = x.doubles.flatMap { row in
            let scale = 1 / (row.reduce(0) { $0 + $1 * $1 } / 37 + 1e-3).squareRoot()
            return row.indices.map { row[$0] * scale * Double(weight[$0]) }
        }
        #expect(deviation(y.array, reference) < 1e-6)
    }

    @Test func gradientsAgreeWithDifferences() {
        let dy = random(5, 37, stream: 3)
        let y = Matrix(rows: 5, columns: 37)
        let inverse = Vector(count: 5)
        let loss = {
            RMSNorm.forward(self.x, weight: self.weight, epsilon: 1e-5, into: y, inverseRMS: inverse)
            return inner(dy, y)
        }
        let slope = differences(x, loss)
        let weightSlope = differences(Matrix(weight, rows: 1, columns: 37), loss)
        _ = loss()
        let dx = Matrix(rows: 5, columns: 37)
        let dw = Vector(count: 37)
        RMSNorm.backward(dy, x: x, weight: weight, inverseRMS: inverse, into: dx, weightGradient: dw)
        #expect(deviation(dx.array, slope) < 1e-3)
        #expect(deviation(dw.array, weightSlope) < 1e-3)

        let first = dx.array
        RMSNorm.backward(
            dy, x: x, weight: weight, inverseRMS: inverse, into: dx, accumulate: true, weightGradient: dw)
        #expect(dx.array == first.map { $0 * 2 })
        #expect(deviation(dw.array, weightSlope.map { $0 * 2 }) < 2e-3)
    }
}
