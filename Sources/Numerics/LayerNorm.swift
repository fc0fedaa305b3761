import CKernels

/// Layer normalisation: y = (x − mean(x)) / sqrt(var(x) + ε) · weight + bias (Ba, Kiros and Hinton, 2016), row by row.
public enum LayerNorm {
    /// Writes y, which may be x. Encoders only run forward, so there is no backward pass.
    public static func forward(_ x: Matrix, weight: Vector, bias: Vector, epsilon: Float, into y: Matrix) {
        precondition(x.rows == y.rows && x.columns == y.columns, "shapes differ")
        precondition(weight.count == x.columns && bias.count == x.columns, "shapes differ")
        unsafe kernels.layer_norm(
            x.rows, x.columns, x.pointer, x.rowStride, weight.pointer, bias.pointer, epsilon, y.pointer, y.rowStride)
    }
}
