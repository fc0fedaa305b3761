import Numerics
import Testing

@Suite struct ProductTests {
    @Test(arguments: [(1, 5, 9), (16, 32, 16), (30, 70, 45), (101, 37, 600), (7, 2100, 20)])
    func everyTranspositionAgreesWithDoublePrecision(rows: Int, columns: Int, inner: Int) {
        let a = random(rows, inner, stream: 1)
        let b = random(inner, columns, stream: 2)
        let aT = random(inner, rows, stream: 3)
        let bT = random(columns, inner, stream: 4)
        for (aTransposed, bTransposed) in [(false, false), (true, false), (false, true), (true, true)] {
            let left = aTransposed ? aT : a
            let right = bTransposed ? bT : b
            let c = random(rows, columns, stream: 5)
            let start = c.array
            let reference = productReference(
                aTransposed ? transposed(left.doubles) : left.doubles,
                bTransposed ? transposed(right.doubles) : right.doubles)
            Product.multiply(left, transposed: aTransposed, by: right, transposed: bTransposed, into: c)
            #expect(deviation(c.array, reference) < 1e-4)
            c.copy(from: start)
            Product.multiply(
                left, transposed: aTransposed, by: right, transposed: bTransposed, into: c, accumulate: true)
            #expect(deviation(c.array, zip(start, reference).map { Double($0) + $1 }) < 1e-4)
        }
    }

    @Test func givesTheBitsOfThePackedProduct() {
        let w = random(90, 1300, stream: 6)
        let x = random(31, 1300, stream: 7)
        let packed = Matrix(rows: 31, columns: 90)
        PackedMatrix(w).multiply(x, into: packed)
        let general = Matrix(rows: 31, columns: 90)
        Product.multiply(x, by: w, transposed: true, into: general)
        #expect(bits(packed.array) == bits(general.array))
    }

    @Test func anEmptySumIsZero() {
        let c = random(3, 4, stream: 8)
        Product.multiply(Matrix(rows: 3, columns: 0), by: Matrix(rows: 0, columns: 4), into: c)
        #expect(c.array == [Float](repeating: 0, count: 12))
    }
}
