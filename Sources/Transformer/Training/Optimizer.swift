import Numerics

/// The update rule with its moments, applied to a whole arena.
///
/// Work is cut into pieces that never depend on the number of threads: AdamW's arithmetic is element by element,
/// Adafactor's is one tensor a piece because its statistics belong to a tensor.
struct Optimizer: Sendable {
    /// A run of elements that share a weight decay.
    private struct Piece: Sendable {
        var range: Range<Int>
        var isNorm: Bool
    }

    /// One tensor's place in Adafactor's moments: one per row and one per column, or one per element of a vector.
    private struct Factors: Sendable {
        var entry: ParameterLayout.Entry
        var rows: Range<Int>
        var columns: Range<Int>
    }

    private let recipe: TrainingRecipe
    private let pieces: [Piece]
    private let factors: [Factors]
    private let first: Vector
    private let second: Vector
    private let scratch: Vector
    private(set) var step = 0

    private static let pieceLength = 1 << 16

    init(_ recipe: TrainingRecipe, layout: ParameterLayout) {
        self.recipe = recipe
        pieces = layout.entries.flatMap { entry in
            stride(from: entry.range.lowerBound, to: entry.range.upperBound, by: Self.pieceLength).map { start in
                Piece(range: start..<min(start + Self.pieceLength, entry.range.upperBound), isNorm: entry.isVector)
            }
        }
        var next = 0
        factors = layout.entries.map { entry in
            let rows = next..<next + (entry.isVector ? 0 : entry.rows)
            let columns = rows.upperBound..<rows.upperBound + entry.columns
            next = columns.upperBound
            return Factors(entry: entry, rows: rows, columns: columns)
        }
        let isAdamW = recipe.optimizer == .adamW
        first = Vector(count: isAdamW ? layout.count : 0)
        second = Vector(count: isAdamW ? layout.count : next)
        scratch = Vector(count: isAdamW ? 0 : layout.count)
    }

    /// Moves `parameters` by one step; the gradient is multiplied by `gradientScale` on the way.
    mutating func update(
        _ parameters: Vector, gradient: Vector, gradientScale: Float, learningRate: Double, threads: Int
    ) {
        step += 1
        switch recipe.optimizer {
        case .adamW: updateAdamW(parameters, gradient, gradientScale, learningRate, threads)
        case .adafactor: updateAdafactor(parameters, gradient, gradientScale, learningRate, threads)
        }
    }

    private func decay(isNorm: Bool) -> Double { isNorm && !recipe.decaysNorms ? 0 : recipe.weightDecay }

    private func updateAdamW(
        _ parameters: Vector, _ gradient: Vector, _ gradientScale: Float, _ learningRate: Double, _ threads: Int
    ) {
        let rule = AdamW(beta1: recipe.beta1, beta2: recipe.beta2, epsilon: recipe.epsilon)
        let (pieces, first, second, step) = (pieces, first, second, step)
        let (normDecay, matrixDecay) = (decay(isNorm: true), decay(isNorm: false))
        parallel(slots: threads, count: pieces.count) { index in
            let piece = pieces[index]
            rule.step(
                parameters[piece.range], gradient: gradient[piece.range], firstMoment: first[piece.range],
                secondMoment: second[piece.range], step: step, learningRate: learningRate,
                weightDecay: piece.isNorm ? normDecay : matrixDecay, gradientScale: gradientScale)
        }
    }

    private func updateAdafactor(
        _ parameters: Vector, _ gradient: Vector, _ gradientScale: Float, _ learningRate: Double, _ threads: Int
    ) {
        let rule = Adafactor()
        let (factors, second, scratch, step) = (factors, second, scratch, step)
        let (normDecay, matrixDecay) = (decay(isNorm: true), decay(isNorm: false))
        parallel(slots: threads, count: factors.count) { index in
            let factor = factors[index]
            let entry = factor.entry
            let range = entry.range
            if entry.isVector {
                rule.step(
                    parameters[range], gradient: gradient[range], secondMoment: second[factor.columns],
                    scratch: scratch[range], step: step, learningRate: learningRate, weightDecay: normDecay,
                    gradientScale: gradientScale)
            } else {
                rule.step(
                    Matrix(parameters[range], rows: entry.rows, columns: entry.columns),
                    gradient: Matrix(gradient[range], rows: entry.rows, columns: entry.columns),
                    rowMoment: second[factor.rows], columnMoment: second[factor.columns], scratch: scratch[range],
                    step: step, learningRate: learningRate, weightDecay: matrixDecay, gradientScale: gradientScale)
            }
        }
    }

    /// A copy of what must be remembered.
    var state: OptimizerState {
        OptimizerState(step: step, firstMoments: first.array, secondMoments: second.array)
    }

    /// Goes on from a remembered state.
    /// - Throws: `TrainingError` when it belongs to another shape or update rule.
    mutating func restore(_ state: OptimizerState) throws(TrainingError) {
        guard state.firstMoments.count == first.count, state.secondMoments.count == second.count, state.step >= 0 else {
            throw TrainingError(
                "The optimiser's saved state has \(state.firstMoments.count) and \(state.secondMoments.count) "
                    + "moments, but this model and recipe need \(first.count) and \(second.count).")
        }
        first.copy(from: state.firstMoments)
        second.copy(from: state.secondMoments)
        step = state.step
    }
}
