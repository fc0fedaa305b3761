import CKernels

/// The gated activation y = silu(gate) · up with silu(g) = g / (1 + e^-g) (Shazeer, 2020).
public enum SwiGLU {
    /// Writes y; all three have the same shape, and may be column views of a fused product. y may be `gate` or `up`.
    public static func forward(gate: Matrix, up: Matrix, into y: Matrix) {
        precondition(gate.rows == y.rows && gate.columns == y.columns, "shapes differ")
        precondition(up.rows == y.rows && up.columns == y.columns, "shapes differ")
        unsafe kernels.swiglu(
            y.rows, y.columns, gate.pointer, gate.rowStride, up.pointer, up.rowStride, y.pointer, y.rowStride)
    }

    /// Writes both gradients; they may overwrite `gate` and `up`.
    public static func backward(_ dy: Matrix, gate: Matrix, up: Matrix, gateGradient: Matrix, upGradient: Matrix) {
        precondition(gate.rows == dy.rows && gate.columns == dy.columns, "shapes differ")
        precondition(up.rows == dy.rows && up.columns == dy.columns, "shapes differ")
        precondition(gateGradient.rows == dy.rows && gateGradient.columns == dy.columns, "shapes differ")
        precondition(upGradient.rows == dy.rows && upGradient.columns == dy.columns, "shapes differ")
        unsafe kernels.swiglu_backward(
            dy.rows, dy.columns, dy.pointer, dy.rowStride, gate.pointer, gate.rowStride, up.pointer, up.rowStride,
            gateGradient.pointer, gateGradient.rowStride, upGradient.pointer, upGradient.rowStride)
    }
}
