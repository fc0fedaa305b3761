import CKernels

/// Root-mean-square normalisation: y = x / sqrt(mean(x²) + ε) · weight (Zhang and Sennrich, 2019), row by row.
public enum RMSNorm {
    /// Writes y; with `inverseRMS` (one per row) also 1 / sqrt(mean(x²) + ε), which the backward pass reads.
    public static func forward(
        _ x: Matrix, weight: Vector, epsilon: Float, into y: Matrix, inverseRMS: Vector? = nil
    ) {
        precondition(x.rows == y.rows && x.columns == y.columns && weight.count == x.columns, "shapes differ")
        precondition((inverseRMS?.count ?? x.rows) >= x.rows, "one inverse RMS per row")
        unsafe kernels.rms_norm(
            x.rows, x.columns, x.pointer, x.rowStride, weight.pointer, epsilon, y.pointer, y.rowStride,
            inverseRMS?.pointer)
    }

    /// Writes dx (or adds to it when `accumulate`) and adds to `weightGradient`, rows in order.
    public static func backward(
        _ dy: Matrix, x: Matrix, weight: Vector, inverseRMS: Vector, into dx: Matrix, accumulate: Bool = false,
        weightGradient: Vector? = nil
    ) {
        precondition(x.rows == dy.rows && x.columns == dy.columns && weight.count == x.columns, "shapes differ")
        precondition(dx.rows == x.rows && dx.columns == x.columns, "shapes differ")
        precondition(inverseRMS.count >= x.rows && (weightGradient?.count ?? x.columns) == x.columns, "shapes differ")
        unsafe kernels.rms_norm_backward(
            x.rows, x.columns, dy.pointer, dy.rowStride, x.pointer, x.rowStride, weight.pointer, inverseRMS.pointer,
            dx.pointer, dx.rowStride, accumulate ? 1 : 0, weightGradient?.pointer)
    }
}
