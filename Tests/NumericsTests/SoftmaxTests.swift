import Foundation
import Numerics
import Testing

@Suite struct SoftmaxTests {
    @Test func agreesWithDoublePrecision() {
        let x = random(4, 50, stream: 1, scale: 10)
        let reference = x.doubles.flatMap { row in
            let weights = row.map { Foundation.exp($0 * 0.7 - 7) }
            return weights.map { $0 / weights.reduce(0, +) }
        }
        Softmax.apply(x, scale: 0.7)
        #expect(deviation(x.array, reference) < 1e-6)
    }

    @Test func masksTheFuture() {
        let x = random(3, 5, stream: 2)
        Softmax.apply(x, causalOffset: 1)
        #expect(x.row(0).array[2...].allSatisfy { $0 == 0 } && x[1, 3] == 0 && x[2, 4] == 0)
        #expect((0..<3).allSatisfy { abs(x.row($0).sum - 1) < 1e-6 })
        let large = Matrix(rows: 1, columns: 2, [1234, 0])
        Softmax.apply(large)
        #expect(large.array == [1, 0])
    }
}
