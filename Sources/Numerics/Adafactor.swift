// Adafactor (Shazeer and Stern, 2018) with the external learning rate of transformers' implementation
// (relative_step = False): the second moment of a matrix is the outer product of its row and column means.

import CKernels

/// Adafactor's constants.
public struct Adafactor: Sendable, Equatable {
    /// Added to squared gradients.
    public var epsilon1: Double
    /// Least parameter scale when `scalesByParameter`.
    public var epsilon2: Double
    /// Updates with a larger root mean square are scaled down to it.
    public var clipThreshold: Double
    /// The second moment decays by 1 - step^decayRate.
    public var decayRate: Double
    /// Whether the learning rate is multiplied by the parameter's root mean square.
    public var scalesByParameter: Bool

    /// The defaults of transformers.
    public init(
        epsilon1: Double = 1e-30, epsilon2: Double = 1e-3, clipThreshold: Double = 1, decayRate: Double = -0.8,
        scalesByParameter: Bool = false
    ) {
        self.epsilon1 = epsilon1
        self.epsilon2 = epsilon2
        self.clipThreshold = clipThreshold
        self.decayRate = decayRate
        self.scalesByParameter = scalesByParameter
    }

    /// One update of a matrix. Moments: one per row and one per column; `scratch` holds one matrix. `step` counts from 1.
    public func step(
        _ parameter: Matrix, gradient: Matrix, rowMoment: Vector, columnMoment: Vector, scratch: Vector, step: Int,
        learningRate: Double, weightDecay: Double = 0, gradientScale: Float = 1
    ) {
        let (rows, columns) = (parameter.rows, parameter.columns)
        precondition(gradient.rows == rows && gradient.columns == columns, "shapes differ")
        precondition(rowMoment.count == rows && columnMoment.count == columns, "moments of another shape")
        precondition(scratch.count >= rows * columns && parameter.isContiguous, "scratch too small")
        unsafe kernels.adafactor_second_moment(
            rows, columns, gradient.pointer, gradient.rowStride, gradientScale, beta2(step), Float(epsilon1),
            rowMoment.pointer, columnMoment.pointer)
        let update = Matrix(scratch, rows: rows, columns: columns)
        let mean = Float(rowMoment.sum / Double(rows))
        for row in 0..<rows {
            let rowFactor = gradientScale / (rowMoment[row] / mean).squareRoot()
            unsafe kernels.adafactor_update(
                columns, gradient.pointer + row * gradient.rowStride, rowFactor, columnMoment.pointer,
                update.pointer + row * columns)
        }
        apply(parameter.elements, update.elements, step, learningRate, weightDecay)
    }

    /// One update of a vector, whose second moment is kept whole.
    public func step(
        _ parameter: Vector, gradient: Vector, secondMoment: Vector, scratch: Vector, step: Int,
        learningRate: Double, weightDecay: Double = 0, gradientScale: Float = 1
    ) {
        let count = parameter.count
        precondition(gradient.count == count && secondMoment.count == count && scratch.count >= count, "shapes differ")
        unsafe kernels.adafactor_whole_moment(
            count, gradient.pointer, gradientScale, beta2(step), Float(epsilon1), secondMoment.pointer)
        let update = scratch[0..<count]
        unsafe kernels.adafactor_update(
            count, gradient.pointer, gradientScale, secondMoment.pointer, update.pointer)
        apply(parameter, update, step, learningRate, weightDecay)
    }

    private func beta2(_ step: Int) -> Float {
        precondition(step >= 1, "steps count from 1")
        return Float(1 - Elementary.pow(Double(step), decayRate))
    }

    private func apply(
        _ parameter: Vector, _ update: Vector, _ step: Int, _ learningRate: Double, _ weightDecay: Double
    ) {
        let count = Double(parameter.count)
        let updateRMS = (update.sumOfSquares / count).squareRoot()
        var rate = learningRate
        if scalesByParameter { rate *= max(epsilon2, (parameter.sumOfSquares / count).squareRoot()) }
        if weightDecay != 0 { parameter.scale(by: Float(1 - weightDecay * rate)) }
        parameter.add(update, scaledBy: Float(-rate / max(1, updateRMS / clipThreshold)))
    }
}
