// Rotary position embedding (Su et al., 2021) in the half-split layout of Hugging Face's Llama: dimension i is rotated with
// dimension i + d/2 by the angle position · θ^(-2i/d). Angles are formed in single precision as there; sine and cosine are
// our own, so that a table has the same bits on every machine.

import CKernels

/// Precomputed sines and cosines for every position.
public struct RotaryEmbedding: Sendable {
    /// How the frequencies are changed for contexts longer than those trained on.
    public enum Scaling: Sendable, Equatable {
        /// Unchanged.
        case none
        /// Every frequency divided by `factor`.
        case linear(factor: Double)
        /// Llama 3: long wavelengths divided by `factor`, short ones kept, a smooth passage between.
        case llama3(factor: Double, lowFrequencyFactor: Double, highFrequencyFactor: Double, originalPositions: Int)
    }

    /// Width of a head; even.
    public let headDimension: Int
    /// Number of positions in the table.
    public let positions: Int
    let cosines: Matrix
    let sines: Matrix

    /// Tables for positions 0..<positions.
    public init(headDimension: Int, positions: Int, theta: Double, scaling: Scaling = .none) {
        precondition(headDimension > 0 && headDimension.isMultiple(of: 2), "the head dimension must be even")
        self.headDimension = headDimension
        self.positions = positions
        let half = headDimension / 2
        cosines = Matrix(rows: positions, columns: half)
        sines = Matrix(rows: positions, columns: half)
        let frequencies = RotaryEmbedding.frequencies(
            headDimension: headDimension, theta: theta, scaling: scaling)
        for position in 0..<positions {
            for index in 0..<half {
                let angle = Double(Float(position) * frequencies[index])
                cosines[position, index] = Float(Elementary.cos(angle))
                sines[position, index] = Float(Elementary.sin(angle))
            }
        }
    }

    /// The d/2 angular frequencies, after scaling.
    public static func frequencies(headDimension: Int, theta: Double, scaling: Scaling) -> [Float] {
        (0..<headDimension / 2).map { index in
            let exponent = Double(Float(2 * index) / Float(headDimension))
            let frequency = 1 / Float(Elementary.pow(theta, exponent))
            return scaled(frequency, scaling)
        }
    }

    private static func scaled(_ frequency: Float, _ scaling: Scaling) -> Float {
        switch scaling {
        case .none:
            return frequency
        case .linear(let factor):
            return frequency / Float(factor)
        case .llama3(let factor, let low, let high, let original):
            let wavelength = Float(2 * Double.pi) / frequency
            let longest = Float(Double(original) / low)
            let shortest = Float(Double(original) / high)
            if wavelength < shortest { return frequency }
            if wavelength > longest { return frequency / Float(factor) }
            let smooth = (Float(original) / wavelength - Float(low)) / Float(high - low)
            return (1 - smooth) * frequency / Float(factor) + smooth * frequency
        }
    }

    /// Rotates in place: `x` [rows, heads · headDimension], row r at `positions[r]`.
    public func apply(_ x: Matrix, positions rowPositions: [Int32]) {
        rotate(x, rowPositions, inverse: false)
    }

    /// The backward pass: rotates a gradient by the opposite angle, in place.
    public func applyBackward(_ dx: Matrix, positions rowPositions: [Int32]) {
        rotate(dx, rowPositions, inverse: true)
    }

    private func rotate(_ x: Matrix, _ rowPositions: [Int32], inverse: Bool) {
        precondition(x.columns.isMultiple(of: headDimension), "columns are not whole heads")
        precondition(rowPositions.count >= x.rows, "one position per row")
        for row in 0..<x.rows {
            precondition(rowPositions[row] >= 0 && Int(rowPositions[row]) < positions, "position outside the table")
        }
        unsafe kernels.rope(
            x.rows, x.columns / headDimension, headDimension, x.pointer, x.rowStride, rowPositions, cosines.pointer,
            sines.pointer, inverse ? 1 : 0)
    }
}
