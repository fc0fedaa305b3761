/// Everything besides data, weights and code that decides what training learns.
///
/// A recipe is part of a run's identity: equal recipes on equal data learn equal weights, bit for bit, whatever the
/// number of threads. Its canonical JSON (`TrainingRecipe+JSON.swift`) travels in the learner's task.
///
/// **The loss.** For the examples B of one optimiser step, with weights w and target tokens as in `TrainingExample`,
/// L = Σ_{e∈B} w_e Σ_{t∈targets(e)} −log p(t | tokens before t) / Σ_{e∈B} w_e · |targets(e)|: the mean over target
/// tokens, weighted by the weight of their example. Doubling all weights of a batch changes nothing.
///
/// **The gradient** is computed in `gradientShards` parts whose composition depends on the examples alone, each part in
/// micro-batches of at most `maxTokens` rows, and summed in shard order.
public struct TrainingRecipe: Sendable, Equatable {
    /// The update rule.
    public enum Optimizer: String, Sendable, CaseIterable {
        /// AdamW (Loshchilov and Hutter, arXiv 1711.05101).
        case adamW = "adamw"
        /// Adafactor (Shazeer and Stern, arXiv 1804.04235) with a given learning rate and no momentum.
        case adafactor
    }

    /// When training ends.
    public enum Duration: Sendable, Equatable {
        /// Passes over the examples.
        case epochs(Int)
        /// Optimiser steps, over as many passes as they need.
        case steps(Int)
    }

    /// The update rule.
    public var optimizer: Optimizer
    /// Peak learning rate.
    public var learningRate: Double
    /// Decay of AdamW's first moment.
    public var beta1: Double
    /// Decay of AdamW's second moment.
    public var beta2: Double
    /// Added to AdamW's denominator; unused by Adafactor, which has its own two constants.
    public var epsilon: Double
    /// Decoupled weight decay, multiplied by the learning rate.
    public var weightDecay: Double
    /// Whether norm weights decay too.
    public var decaysNorms: Bool
    /// Largest global L2 norm of the gradient; 0 does not clip.
    public var clip: Double
    /// Warm-up and decay of the learning rate.
    public var schedule: LearningRateSchedule
    /// When training ends.
    public var duration: Duration
    /// Examples in one optimiser step.
    public var batchSize: Int
    /// Most rows in one forward and backward pass; an example longer than this passes alone.
    public var maxTokens: Int
    /// Parts the gradient of a step is computed in. Part of what is learned; threads beyond this number are idle.
    public var gradientShards: Int
    /// Decides the order of the examples in each epoch.
    public var seed: UInt64

    /// A recipe with common defaults.
    public init(
        optimizer: Optimizer = .adamW, learningRate: Double = 3e-4, beta1: Double = 0.9, beta2: Double = 0.95,
        epsilon: Double = 1e-8, weightDecay: Double = 0.01, decaysNorms: Bool = false, clip: Double = 1,
        schedule: LearningRateSchedule = LearningRateSchedule(decay: .linear), duration: Duration = .epochs(1),
        batchSize: Int = 16, maxTokens: Int = 1024, gradientShards: Int = 2, seed: UInt64 = 0
    ) {
        self.optimizer = optimizer
        self.learningRate = learningRate
        self.beta1 = beta1
        self.beta2 = beta2
        self.epsilon = epsilon
        self.weightDecay = weightDecay
        self.decaysNorms = decaysNorms
        self.clip = clip
        self.schedule = schedule
        self.duration = duration
        self.batchSize = batchSize
        self.maxTokens = maxTokens
        self.gradientShards = gradientShards
        self.seed = seed
    }

    /// Optimiser steps for this many examples.
    public func stepCount(examples: Int) -> Int {
        switch duration {
        case .steps(let steps): steps
        case .epochs(let epochs): epochs * ((examples + batchSize - 1) / batchSize)
        }
    }

    /// Refuses values that make no sense, naming the first.
    public func validate() throws(TrainingError) {
        func require(_ condition: Bool, _ key: String, _ rule: String) throws(TrainingError) {
            if !condition { throw TrainingError("The training recipe's \(key) must be \(rule).") }
        }
        try require(learningRate.isFinite && learningRate >= 0, "learningRate", "a finite number, at least 0")
        try require((0..<1).contains(beta1), "beta1", "at least 0 and below 1")
        try require((0..<1).contains(beta2), "beta2", "at least 0 and below 1")
        try require(epsilon > 0 && epsilon.isFinite, "epsilon", "above 0")
        try require(weightDecay >= 0 && weightDecay.isFinite, "weightDecay", "a finite number, at least 0")
        try require(clip >= 0 && clip.isFinite, "clip", "a finite number, at least 0 (0 does not clip)")
        try require((0...100_000_000).contains(schedule.warmupSteps), "warmupSteps", "between 0 and 100000000")
        try require((0...1).contains(schedule.floor), "learningRateFloor", "a fraction between 0 and 1")
        try require((1...65_536).contains(batchSize), "batchSize", "between 1 and 65536")
        try require((1...1_048_576).contains(maxTokens), "maxTokens", "between 1 and 1048576")
        try require((1...64).contains(gradientShards), "gradientShards", "between 1 and 64")
        switch duration {
        case .epochs(let n): try require((1...100_000).contains(n), "epochs", "between 1 and 100000")
        case .steps(let n): try require((0...100_000_000).contains(n), "steps", "between 0 and 100000000")
        }
    }
}

/// What is wrong with a recipe or with training data.
public struct TrainingError: Error, CustomStringConvertible, Sendable, Equatable {
    /// One sentence: what, where, what to do.
    public var description: String

    init(_ description: String) { self.description = description }
}
