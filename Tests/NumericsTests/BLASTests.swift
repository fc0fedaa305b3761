import Numerics
import Testing

@Test func openBLASAgreesWithOurOwnProduct() {
    let a = random(20, 33, stream: 1)
    let b = random(33, 17, stream: 2)
    let ours = Matrix(rows: 20, columns: 17)
    Product.multiply(a, by: b, into: ours)
    let theirs = Matrix(rows: 20, columns: 17)
    BLAS.multiply(a, by: b, into: theirs, alpha: 2)
    #expect(deviation(theirs.array, ours.array.map { 2 * Double($0) }) < 1e-5)
    #expect(!BLAS.coreType.isEmpty)
}
