import Numerics
import Testing

@Test func gathersAndScattersRows() {
    let table = random(6, 19, stream: 1)
    let out = Matrix(rows: 4, columns: 19)
    let indices: [Int32] = [5, 0, 5, 2]
    Rows.gather(table, indices, into: out)
    #expect(out.array == indices.flatMap { table.row(Int($0)).array })
    let gradient = Matrix(rows: 6, columns: 19)
    Rows.scatterAdd(out, indices, into: gradient)
    #expect(gradient.row(5).array == table.row(5).array.map { $0 + $0 })
    #expect(gradient.row(2).array == table.row(2).array)
    #expect(gradient.row(1).array.allSatisfy { $0 == 0 })
}
