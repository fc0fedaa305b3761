import Foundation
import Numerics
import Testing

@Suite struct ElementwiseTests {
    @Test func exponentialIsWithinTwoUnits() {
        let x = Vector((0..<40_001).map { Float($0 - 20_000) * 0.0043 })
        let y = Vector(count: x.count)
        y.exp(of: x)
        #expect(ulps(y.array, x.array.map { Foundation.exp(Double($0)) }) < 2)
    }

    @Test func exponentialHandlesTheEnds() {
        let x = Vector([-.infinity, -200, -104, -103, 88.72, 89, .infinity, .nan, 0, -0.0])
        let y = Vector(count: 10)
        y.exp(of: x)
        #expect(y[0] == 0 && y[1] == 0)
        #expect(y[3] == Float(Foundation.exp(-103.0)))
        #expect(abs(Double(y[4]) / Foundation.exp(Double(x[4])) - 1) < 1e-6)
        #expect(y[5] == .infinity && y[6] == .infinity && y[7].isNaN && y[8] == 1 && y[9] == 1)
    }

    @Test func logarithmIsWithinTwoUnits() {
        let x = Vector((1..<40_000).map { Float($0) * Float($0) * 1e-4 } + [.leastNonzeroMagnitude, 0x1p-130, 3e38, 1])
        let y = Vector(count: x.count)
        y.log(of: x)
        #expect(ulps(y.array, x.array.map { Foundation.log(Double($0)) }) < 2)
        let ends = Vector(count: 4)
        ends.log(of: Vector([0, -1, .infinity, .nan]))
        #expect(ends[0] == -.infinity && ends[1].isNaN && ends[2] == .infinity && ends[3].isNaN)
    }

    @Test func hyperbolicTangentIsWithinThreeUnits() {
        let x = Vector((0..<20_001).map { Float($0 - 10_000) * 0.0011 } + [-50, 50, 1e-20])
        let y = Vector(count: x.count)
        y.tanh(of: x)
        #expect(ulps(y.array, x.array.map { Foundation.tanh(Double($0)) }) < 3)
    }

    /// To the accuracy of 1 + erf in single precision, which all that use the exact form share.
    @Test func geluIsThatOfTheErrorFunction() {
        let x = Vector((0..<20_001).map { Float($0 - 10_000) * 0.0011 } + [-50, 50, 1e-20, -1e-20, 0])
        let y = Vector(count: x.count)
        y.gelu(of: x)
        let exact = x.array.map { 0.5 * Double($0) * Foundation.erfc(-Double($0) / 2.0.squareRoot()) }
        #expect(deviation(y.array, exact) < 2.5e-7)
        let positive = x.array.indices.filter { x[$0] > 0 }
        #expect(ulps(positive.map { y[$0] }, positive.map { exact[$0] }) < 3)
        #expect(y[20_001] == 0 && y[20_002] == 50 && y[20_005] == 0)
        let ends = Vector([.nan, .infinity])
        ends.gelu(of: ends)
        #expect(ends[0].isNaN && ends[1] == .infinity)
    }

    @Test func sumsAddInDoublePrecision() {
        let x = random(1001, stream: 1, scale: 100)
        let y = random(1001, stream: 2)
        let (a, b) = (x.array.map(Double.init), y.array.map(Double.init))
        #expect(abs(x.sum - a.reduce(0, +)) < 1e-9)
        #expect(abs(x.sumOfSquares - a.reduce(0) { $0 + $1 * $1 }) < 1e-6)
        #expect(abs(x.dot(y) - zip(a, b).reduce(0) { $0 + $1.0 * $1.1 }) < 1e-8)
        #expect(Vector(count: 0).sum == 0)
    }

    @Test func addsScalesAndMultiplies() {
        let x = random(37, stream: 3)
        let y = random(37, stream: 4)
        let start = y.array
        y.add(x, scaledBy: 2.5)
        #expect(y.array == zip(start, x.array).map { $0.addingProduct(2.5, $1) })
        y.copy(from: start)
        y.scale(by: 3)
        #expect(y.array == start.map { $0 * 3 })
        y.multiply(by: x)
        #expect(y.array == zip(start, x.array).map { $0 * 3 * $1 })
        let matrix = random(4, 9, stream: 5)
        let before = matrix.columns(2..<7).array
        let added = random(4, 5, stream: 6)
        matrix.columns(2..<7).add(added)
        #expect(matrix.columns(2..<7).array == zip(before, added.array).map { $0 + $1 })
        let bias = random(5, stream: 7)
        let summed = matrix.columns(2..<7).array
        let outside = matrix.columns(7..<9).array
        matrix.columns(2..<7).add(toRows: bias)
        #expect(matrix.columns(2..<7).array == summed.enumerated().map { $1 + bias[$0 % 5] })
        matrix.columns(2..<7).fill(rowsWith: bias)
        #expect((0..<4).allSatisfy { matrix.columns(2..<7).row($0).array == bias.array })
        #expect(matrix.columns(7..<9).array == outside)
    }
}
