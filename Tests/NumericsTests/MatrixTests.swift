import Numerics
import Testing

@Suite struct MatrixTests {
    @Test func viewsShareTheirMemory() {
        let matrix = Matrix(rows: 3, columns: 4, (0..<12).map { Float($0) })
        #expect(matrix.row(1).array == [4, 5, 6, 7])
        #expect(matrix.columns(1..<3).array == [1, 2, 5, 6, 9, 10])
        #expect(matrix.rows(1..<3).columns(2..<4).array == [6, 7, 10, 11])
        #expect(matrix.rows(3..<3).rows == 0 && !matrix.columns(0..<2).isContiguous)
        matrix.columns(1..<2).fill(-1)
        #expect(matrix.elements.array == [0, -1, 2, 3, 4, -1, 6, 7, 8, -1, 10, 11])
        let copy = Matrix(rows: 3, columns: 2)
        copy.copy(from: matrix.columns(1..<3))
        matrix[0, 1] = 9
        #expect(copy.array == [-1, 2, -1, 6, -1, 10])
    }

    @Test func anArenaHandsOutDisjointViews() {
        var arena = Arena(capacity: 64)
        let first = arena.vector(5)
        let mark = arena.mark
        let second = arena.matrix(rows: 2, columns: 7)
        first.fill(1)
        second.fill(2)
        #expect(first.array.allSatisfy { $0 == 1 } && second.offset == 16)
        arena.release(to: mark)
        #expect(arena.vector(3).offset == second.offset)
        #expect(Arena.footprint(17) == 32)
    }
}
