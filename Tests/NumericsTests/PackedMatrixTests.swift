import Numerics
import Testing

func productReference(_ a: [[Double]], _ b: [[Double]]) -> [Double] {
    a.flatMap { row in
        (0..<b[0].count).map { column in
            row.indices.reduce(0.0) { $0 + row[$1] * b[$1][column] }
        }
    }
}

func transposed(_ a: [[Double]]) -> [[Double]] {
    (0..<a[0].count).map { column in a.map { $0[column] } }
}

@Suite struct PackedMatrixTests {
    @Test(arguments: [(1, 1, 1), (3, 40, 67), (12, 32, 64), (13, 33, 16), (25, 100, 31), (97, 288, 530), (5, 16, 1100)])
    func agreesWithDoublePrecision(rows: Int, outputs: Int, inputs: Int) {
        let w = random(outputs, inputs, stream: 1)
        let x = random(rows, inputs, stream: 2)
        let y = Matrix(rows: rows, columns: outputs)
        PackedMatrix(w).multiply(x, into: y)
        #expect(deviation(y.array, productReference(x.doubles, transposed(w.doubles))) < 1e-4)
    }

    @Test func aRowHasTheSameBitsInEveryBatch() {
        let packed = PackedMatrix(random(200, 700, stream: 3))
        let x = random(64, 700, stream: 4)
        let whole = Matrix(rows: 64, columns: 200)
        packed.multiply(x, into: whole)
        for rows in [1, 2, 3, 4, 5, 6, 7, 8, 12, 13, 23, 50] {
            for start in [0, 64 - rows] {
                let part = Matrix(rows: rows, columns: 200)
                packed.multiply(x.rows(start..<start + rows), into: part)
                #expect(bits(part.array) == bits(whole.rows(start..<start + rows).array), "\(rows) rows from \(start)")
            }
        }
    }

    @Test func isOneChainOfFusedMultiplyAdds() {
        let w = random(33, 150, stream: 5)
        let x = random(2, 150, stream: 6)
        let y = Matrix(rows: 2, columns: 33)
        PackedMatrix(w).multiply(x, into: y)
        for row in 0..<2 {
            for output in 0..<33 {
                var sum: Float = 0
                for k in 0..<150 { sum = sum.addingProduct(x[row, k], w[output, k]) }
                #expect(sum.bitPattern == y[row, output].bitPattern)
            }
        }
    }

    @Test func worksOnViewsAndTouchesNothingElse() {
        let w = random(21, 19, stream: 7)
        let x = random(9, 40, stream: 8)
        let y = Matrix(rows: 9, columns: 50)
        y.fill(5)
        PackedMatrix(w).multiply(x.columns(11..<30), into: y.columns(7..<28))
        let reference = productReference(x.columns(11..<30).doubles, transposed(w.doubles))
        #expect(deviation(y.columns(7..<28).array, reference) < 1e-5)
        #expect(y.columns(0..<7).array.allSatisfy { $0 == 5 } && y.columns(28..<50).array.allSatisfy { $0 == 5 })
    }

    @Test func accumulates() {
        let w = random(35, 20, stream: 9)
        let x = random(14, 20, stream: 10)
        let y = random(14, 35, stream: 11)
        let expected = zip(y.array, productReference(x.doubles, transposed(w.doubles))).map { Double($0) + $1 }
        PackedMatrix(w).multiply(x, into: y, accumulate: true)
        #expect(deviation(y.array, expected) < 1e-5)
    }

    @Test func stacksAndTransposes() {
        let first = random(5, 18, stream: 12)
        let second = random(37, 18, stream: 13)
        let x = random(4, 18, stream: 14)
        let y = Matrix(rows: 4, columns: 42)
        PackedMatrix(stacking: [first, second]).multiply(x, into: y)
        let alone = Matrix(rows: 4, columns: 37)
        PackedMatrix(second).multiply(x, into: alone)
        #expect(bits(y.columns(5..<42).array) == bits(alone.array))

        let back = PackedMatrix(outputs: 18, inputs: 37)
        back.pack(transposeOf: second)
        let gradient = Matrix(rows: 4, columns: 18)
        back.multiply(alone, into: gradient)
        #expect(deviation(gradient.array, productReference(alone.doubles, second.doubles)) < 1e-4)
    }
}
