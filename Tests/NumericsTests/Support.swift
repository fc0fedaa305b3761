import Numerics

/// Reproducible numbers between -1 and 1, times `scale`.
func random(_ rows: Int, _ columns: Int, stream: UInt64, scale: Float = 1) -> Matrix {
    let matrix = Matrix(rows: rows, columns: columns)
    let source = CounterRandom(key: 0xABC, stream: stream)
    matrix.copy(from: (0..<rows * columns).map { (Float(source.uniform(at: UInt64($0))) * 2 - 1) * scale })
    return matrix
}

func random(_ count: Int, stream: UInt64, scale: Float = 1) -> Vector {
    random(1, count, stream: stream, scale: scale).row(0)
}

func bits(_ values: [Float]) -> [UInt32] { values.map(\.bitPattern) }

/// Largest difference, relative to the larger of 1 and the reference.
func deviation(_ values: [Float], _ reference: [Double]) -> Double {
    guard values.count == reference.count else { return .infinity }
    var worst = 0.0
    for (value, expected) in zip(values, reference) {
        let error = abs(Double(value) - expected) / max(1, abs(expected))
        worst = error.isNaN ? .infinity : max(worst, error)
    }
    return worst
}

/// Largest distance in units in the last place of the reference rounded to Float.
func ulps(_ values: [Float], _ reference: [Double]) -> Double {
    zip(values, reference).map { value, expected in
        abs(Double(value) - expected) / Double(max(Float(abs(expected)).ulp, .leastNonzeroMagnitude))
    }.max() ?? 0
}

extension Matrix {
    /// Rows as double precision, for reference computations.
    var doubles: [[Double]] { (0..<rows).map { row($0).array.map(Double.init) } }
}

/// Central differences of `loss` over every element of `x`, to compare with a gradient.
func differences(_ x: Matrix, step: Float = 1e-2, _ loss: () -> Double) -> [Double] {
    var result: [Double] = []
    for row in 0..<x.rows {
        for column in 0..<x.columns {
            let value = x[row, column]
            x[row, column] = value + step
            let above = loss()
            let upper = Double(x[row, column])
            x[row, column] = value - step
            let below = loss()
            let lower = Double(x[row, column])
            x[row, column] = value
            result.append((above - below) / (upper - lower))
        }
    }
    return result
}

/// Σ a · b, the loss whose gradient with respect to b is a.
func inner(_ a: Matrix, _ b: Matrix) -> Double {
    zip(a.array, b.array).reduce(0) { $0 + Double($1.0) * Double($1.1) }
}
