import CKernels

/// Softmax of every row, in place.
public enum Softmax {
    /// x = softmax(scale · x). With `causalOffset`, row r sees columns 0...r + causalOffset; the others become 0.
    public static func apply(_ x: Matrix, scale: Float = 1, causalOffset: Int? = nil) {
        unsafe kernels.softmax(x.rows, x.columns, x.pointer, x.rowStride, scale, causalOffset ?? x.columns)
    }
}
