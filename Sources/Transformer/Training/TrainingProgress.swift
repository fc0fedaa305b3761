/// What a caller hears after each optimiser step.
public struct TrainingProgress: Sendable, Equatable {
    /// Steps done, this one included.
    public var step: Int
    /// Steps in all.
    public var steps: Int
    /// Pass over the examples, from 0.
    public var epoch: Int
    /// Loss of this step's examples before the step (definition at `TrainingRecipe`).
    public var loss: Double
    /// Learning rate of this step.
    public var learningRate: Double
    /// Global L2 norm of the gradient, before clipping.
    public var gradientNorm: Double
    /// Rows (input tokens) processed so far.
    public var tokens: Int
    /// Target tokens so far.
    public var targetTokens: Int
}

/// What a training did, over all the lives of its process.
public struct TrainingReport: Sendable, Equatable {
    /// Optimiser steps done.
    public var steps = 0
    /// Rows (input tokens) processed.
    public var tokens = 0
    /// Target tokens processed.
    public var targetTokens = 0
    /// Loss of the first step's examples; NaN without steps.
    public var firstLoss = Double.nan
    /// Loss of the last step's examples; NaN without steps.
    public var lastLoss = Double.nan
    /// Whether every step of the recipe is done; false when the caller stopped it.
    public var isComplete = false
}
