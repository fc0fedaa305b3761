// OpenBLAS, kept to one thread, as the yardstick for our own products and for work whose bits never enter a result.
// Its sums depend on the core type, the number of rows and the threads (measured on 0.3.21); `coreType` names the first.

import COpenBLAS

/// Single-precision products through OpenBLAS.
public enum BLAS {
    private static let oneThread: Void = openblas_set_num_threads(1)

    /// The core type whose kernels OpenBLAS chose (or `OPENBLAS_CORETYPE` set).
    public static var coreType: String {
        guard let name = unsafe openblas_get_corename() else { return "unknown" }
        return unsafe String(cString: name)
    }

    /// What OpenBLAS says of its build: `OpenBLAS 0.3.21 NO_LAPACKE DYNAMIC_ARCH …`.
    public static var configuration: String {
        guard let text = unsafe openblas_get_config() else { return "unknown" }
        return unsafe String(cString: text)
    }

    /// c = alpha · a · b + beta · c; each operand may be given transposed.
    public static func multiply(
        _ a: Matrix, transposed aTransposed: Bool = false, by b: Matrix, transposed bTransposed: Bool = false,
        into c: Matrix, alpha: Float = 1, beta: Float = 0
    ) {
        let inner = aTransposed ? a.rows : a.columns
        precondition((aTransposed ? a.columns : a.rows) == c.rows, "rows of a and c differ")
        precondition((bTransposed ? b.rows : b.columns) == c.columns, "columns of b and c differ")
        precondition((bTransposed ? b.columns : b.rows) == inner, "inner dimensions differ")
        _ = oneThread
        unsafe cblas_sgemm(
            CblasRowMajor, aTransposed ? CblasTrans : CblasNoTrans, bTransposed ? CblasTrans : CblasNoTrans,
            blasint(c.rows), blasint(c.columns), blasint(inner), alpha, a.pointer, blasint(a.rowStride),
            b.pointer, blasint(b.rowStride), beta, c.pointer, blasint(c.rowStride))
    }
}
