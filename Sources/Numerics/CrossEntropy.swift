import CKernels

/// Cross-entropy over logits with the softmax and its gradient in one pass.
public enum CrossEntropy {
    /// losses[r] = weights[r] · -log softmax(logits[r])[targets[r]].
    public static func losses(_ logits: Matrix, targets: [Int32], weights: [Float], into losses: Vector) {
        run(logits, targets, weights, losses, gradient: false)
    }

    /// As `losses`, and replaces the logits by the gradient of the summed losses: weights[r] · (softmax - one-hot).
    public static func lossesAndGradient(
        _ logits: Matrix, targets: [Int32], weights: [Float], into losses: Vector
    ) {
        run(logits, targets, weights, losses, gradient: true)
    }

    private static func run(
        _ logits: Matrix, _ targets: [Int32], _ weights: [Float], _ losses: Vector, gradient: Bool
    ) {
        precondition(targets.count >= logits.rows && weights.count >= logits.rows, "one target and weight per row")
        precondition(losses.count >= logits.rows, "one loss per row")
        for row in 0..<logits.rows {
            precondition(targets[row] >= 0 && Int(targets[row]) < logits.columns, "target outside the vocabulary")
        }
        unsafe kernels.cross_entropy(
            logits.rows, logits.columns, logits.pointer, logits.rowStride, targets, weights, losses.pointer,
            gradient ? 1 : 0)
    }
}
