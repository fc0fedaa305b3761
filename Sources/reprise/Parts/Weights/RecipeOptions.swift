public import ArgumentParser
public import Transformer

extension TrainingRecipe.Optimizer: ExpressibleByArgument {}
extension LearningRateSchedule.Decay: ExpressibleByArgument {}

/// The options that make a training recipe.
struct RecipeOptions: ParsableArguments {
    @Option(help: "Update rule.") var optimizer = TrainingRecipe.Optimizer.adamW
    @Option(help: "Peak learning rate.") var learningRate = 3e-4
    @Option(help: "How the learning rate goes on after the warm-up.") var schedule = LearningRateSchedule.Decay.linear
    @Option(help: "Steps over which the learning rate rises to its peak.") var warmupSteps = 0
    @Option(help: "Fraction of the peak where the decay ends.") var learningRateFloor = 0.0
    @Option(help: "Passes over the lines; 1 unless --steps is given.") var epochs: Int?
    @Option(help: "Optimiser steps, instead of --epochs.") var steps: Int?
    @Option(help: "Lines in one optimiser step.") var batch = 16
    @Option(help: "Largest norm of the gradient; 0 does not clip.") var clip = 1.0
    @Option(help: "Decoupled weight decay.") var weightDecay = 0.01
    @Option(help: "Decay of AdamW's first moment.") var beta1 = 0.9
    @Option(help: "Decay of AdamW's second moment.") var beta2 = 0.95
    @Option(help: "Added to AdamW's denominator.") var epsilon = 1e-8
    @Option(help: "Decides the order of the lines in each epoch.") var seed: UInt64 = 0
    @Option(help: "Most tokens in one forward and backward pass.") var maxTokens = 1024
    @Option(help: "Parts the gradient of a step is computed in; part of what is learned, bounds useful threads.")
    var gradientShards = 2

    func validate() throws {
        if epochs != nil, steps != nil { throw ValidationError("Give either --epochs or --steps.") }
        do {
            try recipe.validate()
        } catch {
            throw ValidationError(error.description)
        }
    }

    var recipe: TrainingRecipe {
        TrainingRecipe(
            optimizer: optimizer, learningRate: learningRate, beta1: beta1, beta2: beta2, epsilon: epsilon,
            weightDecay: weightDecay, clip: clip,
            schedule: LearningRateSchedule(decay: schedule, warmupSteps: warmupSteps, floor: learningRateFloor),
            duration: steps.map { .steps($0) } ?? .epochs(epochs ?? 1), batchSize: batch, maxTokens: maxTokens,
            gradientShards: gradientShards, seed: seed)
    }
}
