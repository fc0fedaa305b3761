import Foundation
import Numerics
import Testing

@Suite struct SwiGLUTests {
    private let gate = random(3, 21, stream: 1, scale: 4)
    private let up = random(3, 21, stream: 2)

    @Test func agreesWithDoublePrecision() {
        let y = Matrix(rows: 3, columns: 21)
        SwiGLU.forward(gate: gate, up: up, into: y)
        let reference = zip(gate.array, up.array).map { g, u in
            Double(g) / (1 + Foundation.exp(-Double(g))) * Double(u)
        }
        #expect(deviation(y.array, reference) < 1e-6)
        let extreme = Matrix(rows: 1, columns: 3, [-1000, 1000, 0])
        SwiGLU.forward(gate: extreme, up: Matrix(rows: 1, columns: 3, [1, 1, 1]), into: extreme)
        #expect(extreme.array == [0, 1000, 0])
    }

    @Test func gradientsAgreeWithDifferences() {
        let dy = random(3, 21, stream: 3)
        let y = Matrix(rows: 3, columns: 21)
        let loss = {
            SwiGLU.forward(gate: self.gate, up: self.up, into: y)
            return inner(dy, y)
        }
        let gateSlope = differences(gate, loss)
        let upSlope = differences(up, loss)
        let gateGradient = Matrix(rows: 3, columns: 21)
        let upGradient = Matrix(rows: 3, columns: 21)
        SwiGLU.backward(dy, gate: gate, up: up, gateGradient: gateGradient, upGradient: upGradient)
        #expect(deviation(gateGradient.array, gateSlope) < 1e-3)
        #expect(deviation(upGradient.array, upSlope) < 1e-3)
        let expected = (gateGradient.array, upGradient.array)
        SwiGLU.backward(dy, gate: gate, up: up, gateGradient: gate, upGradient: up)
        #expect(gate.array == expected.0 && up.array == expected.1)
    }
}
