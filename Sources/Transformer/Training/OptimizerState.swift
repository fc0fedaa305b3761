/// What training must remember between two steps, so that it can stop and go on with the same bits.
///
/// Together with the weights, the examples and the recipe this determines every later step: the order of examples is a
/// function of the seed and the step.
public struct OptimizerState: Sendable, Equatable {
    /// Optimiser steps done.
    public var step: Int
    /// AdamW: the first moments in arena order. Adafactor: empty.
    public var firstMoments: [Float]
    /// AdamW: the second moments in arena order. Adafactor: row and column moments of each tensor.
    public var secondMoments: [Float]
}
