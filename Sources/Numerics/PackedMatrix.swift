// Weights laid out for products whose bits never depend on the batch.
//
// W [out, in] is cut into panels of 32 outputs; in a panel the 32 weights of one input stand side by side. A product keeps
// one accumulator per output and goes through the inputs in order with fused multiply-add, so a row of the result depends
// on that row of x and on W alone: not on how many rows are computed together, nor on the vector width.

import CKernels

/// Weights W [outputs, inputs] in 32-column panels, for y = x · Wᵀ.
public struct PackedMatrix: Sendable {
    /// Rows of W: the width of the result.
    public let outputs: Int
    /// Columns of W: the width of x.
    public let inputs: Int
    let panels: Vector

    /// Panels for W [outputs, inputs], zero until `pack` is called.
    public init(outputs: Int, inputs: Int) {
        self.outputs = outputs
        self.inputs = inputs
        panels = Vector(count: (outputs + 31) / 32 * 32 * inputs)
    }

    /// A packed copy of `weights` [outputs, inputs].
    public init(_ weights: Matrix) {
        self.init(outputs: weights.rows, inputs: weights.columns)
        pack(weights)
    }

    /// A packed copy of several matrices with the same inputs, their outputs one after the other (as for fused q, k, v).
    public init(stacking parts: [Matrix]) {
        precondition(!parts.isEmpty, "nothing to pack")
        let inputs = parts[0].columns
        let all = Matrix(rows: parts.reduce(0) { $0 + $1.rows }, columns: inputs)
        var next = 0
        for part in parts {
            all.rows(next..<next + part.rows).copy(from: part)
            next += part.rows
        }
        self.init(all)
    }

    /// Packs `weights` [outputs, inputs] in place of the earlier ones.
    public func pack(_ weights: Matrix) {
        precondition(weights.rows == outputs && weights.columns == inputs, "weights of another shape")
        unsafe kernels.pack(outputs, inputs, weights.operand(), panels.pointer)
    }

    /// Packs the transpose of `weights` [inputs, outputs]: then `multiply` gives x · weights, as a backward pass needs.
    public func pack(transposeOf weights: Matrix) {
        precondition(weights.columns == outputs && weights.rows == inputs, "weights of another shape")
        unsafe kernels.pack(outputs, inputs, weights.operand(transposed: true), panels.pointer)
    }

    /// y [rows, outputs] = x [rows, inputs] · Wᵀ, or added to y when `accumulate`.
    public func multiply(_ x: Matrix, into y: Matrix, accumulate: Bool = false) {
        precondition(x.columns == inputs && y.columns == outputs && x.rows == y.rows, "shapes do not fit the product")
        unsafe kernels.multiply_packed(
            x.rows, outputs, inputs, x.operand(), panels.pointer, y.pointer, y.rowStride, accumulate ? 1 : 0)
    }
}

extension Matrix {
    /// This view, or its transpose, as a strided operand of a product.
    func operand(transposed: Bool = false) -> rk_operand {
        unsafe rk_operand(data: pointer, row: transposed ? 1 : rowStride, column: transposed ? rowStride : 1)
    }
}
