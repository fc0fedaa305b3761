import Testing

@testable import Transformer

struct TrainingRecipeTests {
    @Test func canonicalTextRoundTrips() throws {
        let recipe = TrainingRecipe(
            optimizer: .adafactor, learningRate: 5e-6, weightDecay: 0.01, decaysNorms: true, clip: 1,
            schedule: LearningRateSchedule(decay: .cosine, warmupSteps: 250, floor: 0.1), duration: .steps(10_000),
            batchSize: 64, maxTokens: 4096, gradientShards: 4, seed: .max)
        #expect(try TrainingRecipe(json: recipe.json) == recipe)
        #expect(try TrainingRecipe(json: recipe.json).json == recipe.json)
    }

    @Test func absentKeysTakeDefaults() throws {
        #expect(try TrainingRecipe(json: "{}") == TrainingRecipe())
        #expect(try TrainingRecipe(json: #"{"steps": 7, "learningRate": 1}"#).duration == .steps(7))
    }

    @Test(arguments: [
        (#"{"learningrate": 1}"#, "unknown key 'learningrate'"),
        (#"{"optimizer": "sgd"}"#, "adamw, adafactor"),
        (#"{"beta1": 1}"#, "beta1"),
        (#"{"batchSize": 0}"#, "batchSize"),
        (#"{"batchSize": 1.5}"#, "whole number"),
        (#"{"clip": "no"}"#, "a number"),
        (#"{"epochs": 1, "steps": 1}"#, "keep one"),
        (#"{"seed": "-1"}"#, "seed"),
        ("[]", "JSON object"),
        ("{", "not JSON"),
    ])
    func refusesInOneSentence(text: String, mention: String) {
        let error = #expect(throws: TrainingError.self) { try TrainingRecipe(json: text) }
        #expect(error?.description.contains(mention) == true, "\(error?.description ?? "no error")")
    }

    @Test func stepsCountTheLastShortBatch() {
        #expect(TrainingRecipe(duration: .epochs(3), batchSize: 16).stepCount(examples: 33) == 9)
        #expect(TrainingRecipe(duration: .steps(5), batchSize: 16).stepCount(examples: 33) == 5)
    }
}
