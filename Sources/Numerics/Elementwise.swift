import CKernels

extension Vector {
    /// self += alpha · x
    public func add(_ x: Vector, scaledBy alpha: Float = 1) {
        precondition(x.count == count, "vectors of \(x.count) and \(count) elements")
        unsafe kernels.axpy(count, alpha, x.pointer, pointer)
    }

    /// self *= alpha
    public func scale(by alpha: Float) {
        unsafe kernels.scale(count, alpha, pointer)
    }

    /// self *= x, element by element.
    public func multiply(by x: Vector) {
        precondition(x.count == count, "vectors of \(x.count) and \(count) elements")
        unsafe kernels.multiply_elements(count, pointer, x.pointer, pointer)
    }

    /// e to the power of every element of `x`; -inf gives exactly 0.
    public func exp(of x: Vector) {
        precondition(x.count == count, "vectors of \(x.count) and \(count) elements")
        unsafe kernels.exp(count, x.pointer, pointer)
    }

    /// The natural logarithm of every element of `x`.
    public func log(of x: Vector) {
        precondition(x.count == count, "vectors of \(x.count) and \(count) elements")
        unsafe kernels.log(count, x.pointer, pointer)
    }

    /// The hyperbolic tangent of every element of `x`.
    public func tanh(of x: Vector) {
        precondition(x.count == count, "vectors of \(x.count) and \(count) elements")
        unsafe kernels.tanh(count, x.pointer, pointer)
    }

    /// The Gaussian error linear unit, x · Φ(x) with the exact Φ, of every element of `x`, which may be this vector.
    public func gelu(of x: Vector) {
        precondition(x.count == count, "vectors of \(x.count) and \(count) elements")
        unsafe kernels.gelu(count, x.pointer, pointer)
    }

    /// Sum of the squares in double precision, in a fixed order.
    public var sumOfSquares: Double {
        unsafe kernels.sum_of_squares(count, pointer)
    }

    /// Sum in double precision, in a fixed order.
    public var sum: Double {
        unsafe kernels.sum(count, pointer)
    }

    /// Scalar product in double precision, in a fixed order.
    public func dot(_ x: Vector) -> Double {
        precondition(x.count == count, "vectors of \(x.count) and \(count) elements")
        return unsafe kernels.dot(count, pointer, x.pointer)
    }
}

extension Matrix {
    /// self += x: the residual connection.
    public func add(_ x: Matrix) {
        precondition(x.rows == rows && x.columns == columns, "matrices of different shapes")
        if isContiguous && x.isContiguous {
            unsafe kernels.add(rows * columns, pointer, x.pointer, pointer)
            return
        }
        for row in 0..<rows {
            let target = unsafe pointer + row * rowStride
            unsafe kernels.add(columns, target, x.pointer + row * x.rowStride, target)
        }
    }

    /// Adds `bias` to every row.
    public func add(toRows bias: Vector) {
        precondition(bias.count == columns, "a bias of \(bias.count) elements for \(columns) columns")
        for row in 0..<rows {
            let target = unsafe pointer + row * rowStride
            unsafe kernels.add(columns, target, bias.pointer, target)
        }
    }

    /// Sets every row to `bias`: where a product is then accumulated, so that a linear layer's bias costs one copy.
    public func fill(rowsWith bias: Vector) {
        precondition(bias.count == columns, "a bias of \(bias.count) elements for \(columns) columns")
        for row in 0..<rows { unsafe (pointer + row * rowStride).update(from: bias.pointer, count: columns) }
    }

    /// self *= alpha
    public func scale(by alpha: Float) {
        for row in 0..<rows { unsafe kernels.scale(columns, alpha, pointer + row * rowStride) }
    }
}
