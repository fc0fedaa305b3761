import Foundation
import Numerics
import Testing

@Suite struct AdafactorTests {
    /// transformers' Adafactor.step for a matrix, in double precision.
    @Test(arguments: [false, true])
    func aMatrixAgreesWithDoublePrecision(scales: Bool) {
        let (rows, columns) = (7, 21)
        let parameter = random(rows, columns, stream: 1)
        var reference = parameter.array.map(Double.init)
        var (rowMoment, columnMoment) = ([Double](repeating: 0, count: rows), [Double](repeating: 0, count: columns))
        let (rowState, columnState) = (Vector(count: rows), Vector(count: columns))
        let scratch = Vector(count: rows * columns)
        for step in 1...5 {
            let gradient = random(rows, columns, stream: UInt64(10 + step), scale: step == 3 ? 20 : 1)
            Adafactor(scalesByParameter: scales).step(
                parameter, gradient: gradient, rowMoment: rowState, columnMoment: columnState, scratch: scratch,
                step: step, learningRate: 0.05, weightDecay: 0.01, gradientScale: 0.5)
            let g = gradient.array.map { Double($0) * 0.5 }
            let beta2 = 1 - Foundation.pow(Double(step), -0.8)
            for row in 0..<rows {
                let mean = (0..<columns).reduce(0) { $0 + g[row * columns + $1] * g[row * columns + $1] + 1e-30 }
                rowMoment[row] = beta2 * rowMoment[row] + (1 - beta2) * mean / Double(columns)
            }
            for column in 0..<columns {
                let mean = (0..<rows).reduce(0) { $0 + g[$1 * columns + column] * g[$1 * columns + column] + 1e-30 }
                columnMoment[column] = beta2 * columnMoment[column] + (1 - beta2) * mean / Double(rows)
            }
            let average = rowMoment.reduce(0, +) / Double(rows)
            let update = g.indices.map { index in
                g[index] / (rowMoment[index / columns] / average).squareRoot()
                    / columnMoment[index % columns].squareRoot()
            }
            apply(update, to: &reference, scales: scales)
        }
        #expect(deviation(parameter.array, reference) < 1e-5)
    }

    @Test func aVectorAgreesWithDoublePrecision() {
        let parameter = random(19, stream: 2)
        var reference = parameter.array.map(Double.init)
        var moment = [Double](repeating: 0, count: 19)
        let state = Vector(count: 19)
        for step in 1...4 {
            let gradient = random(19, stream: UInt64(20 + step))
            Adafactor().step(
                parameter, gradient: gradient, secondMoment: state, scratch: Vector(count: 19), step: step,
                learningRate: 0.05, weightDecay: 0.01)
            let beta2 = 1 - Foundation.pow(Double(step), -0.8)
            var update: [Double] = []
            for index in 0..<19 {
                let g = Double(gradient[index])
                moment[index] = beta2 * moment[index] + (1 - beta2) * (g * g + 1e-30)
                update.append(g / moment[index].squareRoot())
            }
            apply(update, to: &reference, scales: false)
        }
        #expect(deviation(parameter.array, reference) < 1e-5)
    }

    private func apply(_ update: [Double], to parameter: inout [Double], scales: Bool) {
        let count = Double(update.count)
        let rms = (update.reduce(0) { $0 + $1 * $1 } / count).squareRoot()
        let size = (parameter.reduce(0) { $0 + $1 * $1 } / count).squareRoot()
        let rate = 0.05 * (scales ? max(1e-3, size) : 1)
        for index in update.indices {
            parameter[index] -= 0.01 * rate * parameter[index]
            parameter[index] -= rate * update[index] / max(1, rms)
        }
    }
}
