import Foundation
import Numerics
import Testing

/// Attention in double precision: one query at a time.
func attentionReference(
    _ attention: Attention, _ q: Matrix, _ k: Matrix, _ v: Matrix, starts: [Int32]
) -> [Double] {
    let (queries, keys, values) = (q.doubles, k.doubles, v.doubles)
    let width = attention.headDimension
    let group = attention.heads / attention.keyValueHeads
    var result: [Double] = []
    for row in queries.indices {
        let start = Int(starts.last { $0 <= row } ?? 0)
        let end = starts.first { $0 > row }.map(Int.init) ?? queries.count
        let last = attention.isCausal ? row : end - 1
        let first = max(start, attention.window.map { row - $0 + 1 } ?? start)
        for head in 0..<attention.heads {
            let shared = head / group * width
            let scores = (first...last).map { key in
                (0..<width).reduce(0.0) { $0 + queries[row][head * width + $1] * keys[key][shared + $1] }
                    * Double(attention.scale)
            }
            let top = scores.max() ?? 0
            let weights = scores.map { Foundation.exp($0 - top) }
            let total = weights.reduce(0, +)
            result += (0..<width).map { index in
                zip(weights, first...last).reduce(0.0) { $0 + $1.0 / total * values[$1.1][shared + index] }
            }
        }
    }
    return result
}

@Suite struct AttentionTests {
    static let shapes = [
        Attention(heads: 4, keyValueHeads: 2, headDimension: 24),
        Attention(heads: 3, keyValueHeads: 3, headDimension: 16, scale: 0.5, window: 9),
        Attention(heads: 6, keyValueHeads: 1, headDimension: 10),
    ]

    static let bothWays = Attention(heads: 4, keyValueHeads: 4, headDimension: 20, isCausal: false)

    private func operands(_ attention: Attention, rows: Int) -> (q: Matrix, k: Matrix, v: Matrix) {
        let width = attention.headDimension
        return (
            random(rows, attention.heads * width, stream: 1, scale: 2),
            random(rows, attention.keyValueHeads * width, stream: 2, scale: 2),
            random(rows, attention.keyValueHeads * width, stream: 3)
        )
    }

    @Test(arguments: shapes + [bothWays])
    func forwardAgreesWithDoublePrecision(attention: Attention) {
        let (q, k, v) = operands(attention, rows: 150)
        let starts: [Int32] = [0, 1, 1, 40, 150]
        let out = Matrix(rows: 150, columns: q.columns)
        attention.forward(queries: q, keys: k, values: v, starts: starts, into: out)
        #expect(deviation(out.array, attentionReference(attention, q, k, v, starts: starts)) < 1e-5)
    }

    @Test(arguments: shapes + [bothWays])
    func aSequenceDoesNotFeelItsNeighbours(attention: Attention) {
        let (q, k, v) = operands(attention, rows: 90)
        let packed = Matrix(rows: 90, columns: q.columns)
        attention.forward(queries: q, keys: k, values: v, starts: [0, 37, 90], into: packed)
        let alone = Matrix(rows: 53, columns: q.columns)
        let part = 37..<90
        attention.forward(
            queries: q.rows(part), keys: k.rows(part), values: v.rows(part), starts: [0, 53], into: alone)
        #expect(bits(packed.rows(part).array) == bits(alone.array))
    }

    @Test(arguments: shapes)
    func gradientsAgreeWithDifferences(attention: Attention) {
        let (q, k, v) = operands(attention, rows: 17)
        let starts: [Int32] = [0, 5, 17]
        let slope = random(17, q.columns, stream: 4)
        let out = Matrix(rows: 17, columns: q.columns)
        let logSumExp = Matrix(rows: 17, columns: attention.heads)
        let loss = {
            attention.forward(queries: q, keys: k, values: v, starts: starts, into: out, logSumExp: logSumExp)
            return inner(slope, out)
        }
        let expected = (differences(q, loss), differences(k, loss), differences(v, loss))
        _ = loss()
        let dq = random(17, q.columns, stream: 5)
        let dk = random(17, k.columns, stream: 6)
        let dv = random(17, v.columns, stream: 7)
        attention.backward(
            slope, out: out, queries: q, keys: k, values: v, starts: starts, logSumExp: logSumExp,
            queryGradient: dq, keyGradient: dk, valueGradient: dv)
        #expect(deviation(dq.array, expected.0) < 2e-3)
        #expect(deviation(dk.array, expected.1) < 2e-3)
        #expect(deviation(dv.array, expected.2) < 2e-3)
    }
}
