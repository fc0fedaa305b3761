/// What a matrix changes by, as the product of two thin ones: W + up · down.
///
/// Source: LoRA (arXiv 2106.09685), where `up` is called B, with its scale in it, and `down` A.
public struct LowRankChange: Sendable, Equatable {
    /// Columns of `up` and rows of `down`.
    public let rank: Int
    /// Rows of the matrix.
    public let rows: Int
    /// Columns of the matrix.
    public let columns: Int
    /// rows × rank, row-major.
    public let up: [Float]
    /// rank × columns, row-major.
    public let down: [Float]

    /// - Throws: `CheckpointError` when the factors do not have these shapes, or hold what is no finite number.
    public init(rank: Int, rows: Int, columns: Int, up: [Float], down: [Float]) throws(CheckpointError) {
        guard rank > 0, Tensor.elementCount(of: [rows, rank]) == up.count,
            Tensor.elementCount(of: [rank, columns]) == down.count
        else {
            throw CheckpointError(
                "Factors of \(up.count) and \(down.count) numbers do not change a matrix of \(rows) × \(columns).")
        }
        guard up.allSatisfy(\.isFinite), down.allSatisfy(\.isFinite) else {
            throw CheckpointError("A factor holds what is not a finite number.")
        }
        self.rank = rank
        self.rows = rows
        self.columns = columns
        self.up = up
        self.down = down
    }

    /// The matrix with the change, rows × columns. Each sum is made in double precision and in the order of the rank, and then
    /// rounded, so that every machine gets the same bits.
    func added(to matrix: [Float]) -> [Float] {
        let down = down.map(Double.init)
        var sums = [Double](repeating: 0, count: columns)
        var result: [Float] = []
        result.reserveCapacity(matrix.count)
        for row in 0..<rows {
            for column in 0..<columns { sums[column] = Double(matrix[row * columns + column]) }
            for index in 0..<rank {
                let factor = Double(up[row * rank + index])
                for column in 0..<columns { sums[column] += factor * down[index * columns + column] }
            }
            for sum in sums { result.append(Float(sum)) }
        }
        return result
    }

    /// The change by this and another together; its rank is the sum of theirs.
    /// - Throws: `CheckpointError` when they are of matrices of different shapes.
    func followed(by other: LowRankChange) throws(CheckpointError) -> LowRankChange {
        guard rows == other.rows, columns == other.columns else {
            throw CheckpointError(
                "Changes of matrices of \(rows) × \(columns) and \(other.rows) × \(other.columns) do not add up.")
        }
        return try LowRankChange(
            rank: rank + other.rank, rows: rows, columns: columns, up: Self.beside(up, rank, other.up, other.rank),
            down: down + other.down)
    }

    /// The same change with zeros up to a rank.
    func padded(to rank: Int) throws(CheckpointError) -> LowRankChange {
        let more = rank - self.rank
        guard more > 0 else { return self }
        let zeros = [Float](repeating: 0, count: rows * more)
        return try LowRankChange(
            rank: rank, rows: rows, columns: columns, up: Self.beside(up, self.rank, zeros, more),
            down: down + [Float](repeating: 0, count: more * columns))
    }

    /// Two matrices of so many columns side by side.
    private static func beside(_ left: [Float], _ leftCount: Int, _ right: [Float], _ rightCount: Int) -> [Float] {
        var result: [Float] = []
        result.reserveCapacity(left.count + right.count)
        for row in 0..<left.count / leftCount {
            result += left[row * leftCount..<(row + 1) * leftCount]
            result += right[row * rightCount..<(row + 1) * rightCount]
        }
        return result
    }
}
