import Numerics

/// y = x · Wᵀ with W [outputs, inputs], and its two gradients.
enum Linear {
    /// Writes y, or adds to it when `accumulate` (the residual connection).
    static func forward(_ x: Matrix, _ weights: Matrix, into y: Matrix, accumulate: Bool = false) {
        Product.multiply(x, transposed: false, by: weights, transposed: true, into: y, accumulate: accumulate)
    }

    /// dx = dy · W, written; dW += dyᵀ · x.
    static func backward(_ dy: Matrix, x: Matrix, weights: Matrix, into dx: Matrix, weightGradient: Matrix) {
        Product.multiply(dy, transposed: true, by: x, into: weightGradient, accumulate: true)
        Product.multiply(dy, by: weights, into: dx)
    }
}
