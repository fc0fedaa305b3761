// Products of two matrices that both change: gradients, and anything computed once.
//
// The same tiles as `PackedMatrix`, with B packed on the way. An output is one chain of fused multiply-adds over k in
// order, so training gives the same bits on every machine too. OpenBLAS promises neither.

import CKernels

/// Matrix products over views.
public enum Product {
    /// c [m, n] = a [m, k] · b [k, n]; each operand may be given transposed; added to c when `accumulate`.
    public static func multiply(
        _ a: Matrix, transposed aTransposed: Bool = false, by b: Matrix, transposed bTransposed: Bool = false,
        into c: Matrix, accumulate: Bool = false
    ) {
        let inner = aTransposed ? a.rows : a.columns
        precondition((aTransposed ? a.columns : a.rows) == c.rows, "rows of a and c differ")
        precondition((bTransposed ? b.rows : b.columns) == c.columns, "columns of b and c differ")
        precondition((bTransposed ? b.columns : b.rows) == inner, "inner dimensions differ")
        unsafe kernels.multiply(
            c.rows, c.columns, inner, a.operand(transposed: aTransposed), b.operand(transposed: bTransposed),
            c.pointer, c.rowStride, accumulate ? 1 : 0)
    }

    /// c [m, n] = a [m, k] · b, with b given as [n, k] when `transposed`: the product of a linear layer.
    public static func multiply(
        _ a: Matrix, by b: Matrix, transposed: Bool, into c: Matrix, accumulate: Bool = false
    ) {
        multiply(a, transposed: false, by: b, transposed: transposed, into: c, accumulate: accumulate)
    }
}
