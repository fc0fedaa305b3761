import CKernels

/// Rows picked by index: token embeddings, and the positions that have a loss.
public enum Rows {
    /// out[i] = table[indices[i]]
    public static func gather(_ table: Matrix, _ indices: [Int32], into out: Matrix) {
        check(table, indices, out)
        for row in 0..<out.rows {
            unsafe (out.pointer + row * out.rowStride).update(
                from: table.pointer + Int(indices[row]) * table.rowStride, count: out.columns)
        }
    }

    /// table[indices[i]] += rows[i], i in order: the backward pass of `gather`.
    public static func scatterAdd(_ rows: Matrix, _ indices: [Int32], into table: Matrix) {
        check(table, indices, rows)
        for row in 0..<rows.rows {
            let target = unsafe table.pointer + Int(indices[row]) * table.rowStride
            unsafe kernels.add(rows.columns, target, rows.pointer + row * rows.rowStride, target)
        }
    }

    private static func check(_ table: Matrix, _ indices: [Int32], _ rows: Matrix) {
        precondition(table.columns == rows.columns, "rows of different widths")
        precondition(indices.count >= rows.rows, "one index per row")
        for row in 0..<rows.rows {
            precondition(indices[row] >= 0 && Int(indices[row]) < table.rows, "index outside the table")
        }
    }
}
