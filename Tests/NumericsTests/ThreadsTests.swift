import Numerics
import Synchronization
import Testing

@Suite struct ThreadsTests {
    @Test(arguments: [1, 2, 5, 200])
    func everyIndexRunsOnce(slots: Int) {
        let result = Vector(count: 101)
        parallel(slots: slots, count: 101) { result[$0] += Float($0) }
        #expect(result.array == (0..<101).map { Float($0) })
    }

    @Test func nestedCallsAndManyCallersFinish() {
        let total = Atomic(0)
        parallel(slots: 4, count: 8) { _ in
            parallel(slots: 4, count: 8) { _ in total.add(1, ordering: .relaxed) }
        }
        #expect(total.load(ordering: .relaxed) == 64)
        parallel(slots: 3, count: 0) { _ in total.add(1, ordering: .relaxed) }
        #expect(total.load(ordering: .relaxed) == 64)
    }

    @Test func kernelsGiveTheSameBitsOnManyThreads() {
        let packed = PackedMatrix(random(96, 300, stream: 1))
        let x = random(60, 300, stream: 2)
        let alone = Matrix(rows: 60, columns: 96)
        packed.multiply(x, into: alone)
        let shared = Matrix(rows: 60, columns: 96)
        parallel(slots: 4, count: 12) { index in
            let rows = index * 5..<index * 5 + 5
            packed.multiply(x.rows(rows), into: shared.rows(rows))
        }
        #expect(bits(alone.array) == bits(shared.array))
    }
}
